import Consuming
import ContractRouter
import Documents
import Model

/// API keys of applications: signed ones, which say everything themselves, and opaque ones, which have names.
struct APIKeyHandlers: Sendable {
    let keys: APIKeys
    let stored: StoredAPIKeys
    /// Whether a key without a name is a signed one.
    let signsKeys: Bool

    func register(in operations: inout DevPortalOperations) {
        let prefix = "postApplicationsByApplicationidApiKeysByKeytype"
        operations.handle(prefix + "Generate", generate)
        operations.handle(prefix + "Revoke", revoke)
        operations.handle("regenerateAppBoundAPIKey", regenerate)
        operations.handle("getAppBoundAPIKeys", list)
        operations.handle("getSubscribedAPIsWithAPIKeys", candidates)
        operations.handle("getAPIKeyAssociationsForApp", associations)
        operations.handle("associateAPIKeyToApp", associate)
        operations.handle("dissociateAPIKeyFromApp", dissociate)
    }

    private func generate(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let validity = body["validityPeriod"]?.int ?? 0
        let restrictions = try APIKeyRestrictions(properties: body["additionalProperties"])
        if let name = body["keyName"]?.string ?? (signsKeys ? nil : "") {
            let draft = APIKeyDraft(
                name: name, keyType: try request.keyType, validitySeconds: validity, restrictions: restrictions)
            let key = try await stored.generate(
                draft, application: request.applicationID, principal: try request.caller(), try request.callerContext())
            return .ok(key.json)
        }
        let key = try await keys.generate(
            try request.keyType, validitySeconds: validity, permittedIP: restrictions.addresses,
            permittedReferer: restrictions.referrers, application: request.applicationID,
            principal: try request.caller(), try request.callerContext())
        let shown = validity > 0 ? validity : -1
        return .ok([
            "apikey": JSONValue(key.token), "validityTime": JSONValue(shown), "validityPeriod": JSONValue(shown),
        ])
    }

    /// By the key itself if it is a signed one, by its id if it is opaque.
    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        if let id = request.json["keyUUID"]?.string, !id.isEmpty {
            try await stored.revoke(
                APIKeyReference(id: id, application: request.applicationID), principal: try request.caller(),
                try request.callerContext())
            return .noContent
        }
        guard let key = request.json["apikey"]?.string, !key.isEmpty else {
            throw CatalogueError.badRequest("apikey or keyUUID must not be empty")
        }
        try await keys.revoke(
            key, application: request.applicationID, principal: try request.caller(), try request.callerContext())
        return .noContent
    }

    private func regenerate(_ request: APIRequest) async throws -> APIResponse {
        let reference = APIKeyReference(id: request.keyID, application: request.applicationID)
        return .ok(
            try await stored.regenerate(reference, principal: try request.caller(), try request.callerContext()).json)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await stored.list(
            application: request.applicationID, keyType: try request.keyType, principal: try request.caller())
        return .ok(.keys(found.map(\.json)))
    }

    private func candidates(_ request: APIRequest) async throws -> APIResponse {
        let found = try await stored.candidates(
            application: request.applicationID, keyType: try request.keyType, principal: try request.caller())
        return .ok(
            .keys(
                found.map { item in
                    [
                        "keyName": JSONValue(item.key.name), "keyUUID": JSONValue(item.key.id),
                        "apiName": JSONValue(item.apiName ?? ""), "apiUUID": JSONValue(item.key.apiID ?? ""),
                    ]
                }))
    }

    private func associations(_ request: APIRequest) async throws -> APIResponse {
        let found = try await stored.associations(
            application: request.applicationID, keyType: try request.keyType, principal: try request.caller())
        return .ok(
            .keys(
                found.map { item in
                    var json = item.json
                    json["apiName"] = JSONValue(item.apiName ?? "")
                    json["apiUUID"] = JSONValue(item.key.apiID ?? "")
                    return json
                }))
    }

    private func associate(_ request: APIRequest) async throws -> APIResponse {
        let reference = APIKeyReference(id: request.keyID, api: request.json["apiUUID"]?.string ?? "")
        let key = try await stored.associate(
            reference, with: request.applicationID, principal: try request.caller(), try request.callerContext())
        return .ok(key.associationJSON)
    }

    private func dissociate(_ request: APIRequest) async throws -> APIResponse {
        let reference = APIKeyReference(id: request.keyID, application: request.applicationID)
        try await stored.dissociate(reference, principal: try request.caller(), try request.callerContext())
        return .noContent
    }
}
