import Consuming
import ContractRouter
import Documents
import Model

/// What a portal reads before and besides its work: settings, tenants, key managers, categories.
struct SettingsHandlers: Sendable {
    let services: DevPortalServices
    let settings: DevPortalSettings

    func register(in operations: inout DevPortalOperations) {
        operations.handle("getSettings", read)
        operations.handle("getSettingsApplicationAttributes") { _ in .ok(["count": 0, "list": []]) }
        operations.handle("getTenants", tenants)
        operations.handle("getKeyManagers", keyManagers)
        operations.handle("getApiCategories") { _ in .ok(["count": 0, "list": []]) }
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        var json: JSONValue = [
            "scopes": JSONValue(settings.scopes), "applicationSharingEnabled": false, "mapExistingAuthApps": true,
            "monetizationEnabled": false, "recommendationEnabled": false, "IsUnlimitedTierPaid": false,
            "identityProvider": ["external": false], "IsAnonymousModeEnabled": JSONValue(settings.allowsAnonymous),
            "IsPasswordChangeEnabled": false, "IsJWTEnabledForLoginTokens": true, "orgAccessControlEnabled": false,
            "apiChatEnabled": false, "aiAuthTokenProvided": false, "marketplaceAssistantEnabled": false,
            "orgWideAppUpdateEnabled": false, "devportalMode": "HYBRID",
            "IsLegacyApiKeysEnabled": JSONValue(settings.signsAPIKeys),
        ]
        if request.principal != nil {
            json["grantTypes"] = JSONValue(settings.grantTypes)
            json["apiGatewayEndpoint"] = JSONValue(settings.gatewayAddresses.joined(separator: ", "))
        }
        return .ok(json)
    }

    private func tenants(_ request: APIRequest) async throws -> APIResponse {
        let isActive = request.query["state"]?.string != "inactive"
        let found = try await services.tenants(isActive)
        let page = request.page
        let items = found.dropFirst(page.offset).prefix(page.limit).map { tenant in
            ["domain": JSONValue(tenant.domain), "status": isActive ? "ACTIVE" : "INACTIVE"] as JSONValue
        }
        return .list(Array(items), total: found.count, of: request)
    }

    private func keyManagers(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.keyManagers.list(tenant: request.tenant, roles: try request.caller().roles)
        return .ok(["count": JSONValue(found.count), "list": .array(found.map(\.developerJSON))])
    }
}
