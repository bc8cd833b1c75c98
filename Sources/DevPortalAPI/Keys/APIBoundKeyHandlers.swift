import Consuming
import ContractRouter
import Documents
import Model

/// API keys that open one API.
struct APIBoundKeyHandlers: Sendable {
    let keys: StoredAPIKeys

    func register(in operations: inout DevPortalOperations) {
        operations.handle("generateApiBoundApiKey", generate)
        operations.handle("regenerateAPIBoundAPIKey", regenerate)
        operations.handle("getAPIBoundAPIKeys", list)
        operations.handle("revokeAPIBoundAPIKey", revoke)
        operations.handle("associateAPIKey", associate)
        operations.handle("dissociateAPIKey", dissociate)
    }

    private func generate(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let draft = APIKeyDraft(
            name: body["keyName"]?.string ?? "", keyType: try request.keyType,
            validitySeconds: body["validityPeriod"]?.int ?? 0,
            restrictions: try APIKeyRestrictions(properties: body["additionalProperties"]))
        let key = try await keys.generate(
            draft, api: request.pathParameter("apiId"), principal: try request.caller(), try request.callerContext())
        return .ok(key.json)
    }

    private func regenerate(_ request: APIRequest) async throws -> APIResponse {
        .ok(try await keys.regenerate(request.apiKey, principal: try request.caller(), try request.callerContext()).json)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await keys.list(api: request.pathParameter("apiId"), principal: try request.caller())
        return .ok(
            .keys(
                found.map { item in
                    var json = item.json
                    json["associatedApp"] = item.applicationName.map { JSONValue($0) }
                    return json
                }))
    }

    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        try await keys.revoke(request.apiKey, principal: try request.caller(), try request.callerContext())
        return .noContent
    }

    private func associate(_ request: APIRequest) async throws -> APIResponse {
        let key = try await keys.associate(
            request.apiKey, with: request.json["applicationUUID"]?.string ?? "", principal: try request.caller(),
            try request.callerContext())
        return .ok(key.associationJSON)
    }

    private func dissociate(_ request: APIRequest) async throws -> APIResponse {
        try await keys.dissociate(request.apiKey, principal: try request.caller(), try request.callerContext())
        return .noContent
    }
}

extension APIRequest {
    /// The key that the body names.
    var keyID: String { json["keyUUID"]?.string ?? "" }

    fileprivate var apiKey: APIKeyReference { APIKeyReference(id: keyID, api: pathParameter("apiId")) }
}
