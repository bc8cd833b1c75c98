import Consuming
import ContractRouter
import Documents
import Model

/// API keys of applications.
struct APIKeyHandlers: Sendable {
    let keys: APIKeys

    func register(in operations: inout DevPortalOperations) {
        operations.handle("postApplicationsByApplicationidApiKeysByKeytypeGenerate", generate)
        operations.handle("postApplicationsByApplicationidApiKeysByKeytypeRevoke", revoke)
    }

    private func generate(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let validity = body["validityPeriod"]?.int ?? 0
        let restrictions = try APIKeyRestrictions(properties: body["additionalProperties"])
        let key = try await keys.generate(
            try request.keyType, validitySeconds: validity, permittedIP: restrictions.addresses,
            permittedReferer: restrictions.referrers, application: request.applicationID,
            principal: try request.caller(), try request.callerContext())
        let shown = validity > 0 ? validity : -1
        var json: JSONValue = [
            "apikey": JSONValue(key.token), "validityTime": JSONValue(shown), "validityPeriod": JSONValue(shown),
        ]
        json["keyName"] = body["keyName"]?.string.map { JSONValue($0) }
        return .ok(json)
    }

    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        guard let key = request.json["apikey"]?.string, !key.isEmpty else {
            throw CatalogueError.badRequest("apikey must not be empty")
        }
        try await keys.revoke(
            key, application: request.applicationID, principal: try request.caller(), try request.callerContext())
        return .noContent
    }
}
