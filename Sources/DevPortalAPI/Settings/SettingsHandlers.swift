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
            "orgWideAppUpdateEnabled": false, "devportalMode": "HYBRID", "IsLegacyApiKeysEnabled": true,
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
        .ok(["count": 1, "list": [residentKeyManager(of: try request.caller().tenant)]])
    }

    private func residentKeyManager(of tenant: Tenant) -> JSONValue {
        let base = settings.keyManagerURL + (tenant.isSuper ? "" : "/t/\(tenant.domain)")
        return [
            "id": JSONValue(GatewayKeyManager.residentName), "name": JSONValue(GatewayKeyManager.residentName),
            "type": "default", "displayName": JSONValue(GatewayKeyManager.residentName),
            "description": "This is Resident Key Manager", "enabled": true,
            "availableGrantTypes": JSONValue(settings.grantTypes), "tokenEndpoint": JSONValue(base + "/oauth2/token"),
            "revokeEndpoint": JSONValue(base + "/oauth2/revoke"), "userInfoEndpoint": JSONValue(base + "/oauth2/userinfo"),
            "enableTokenGeneration": true, "enableTokenEncryption": false, "enableTokenHashing": false,
            "enableOAuthAppCreation": true, "enableMapOAuthConsumerApps": true, "applicationConfiguration": [],
            "additionalProperties": [:], "tokenType": "DIRECT",
        ]
    }
}
