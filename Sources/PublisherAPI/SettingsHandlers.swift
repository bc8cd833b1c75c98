import ContractRouter
import Documents
import Model
import Publishing

/// What a portal reads before its work.
struct SettingsHandlers: Sendable {
    let services: PublishingServices
    let settings: PublisherSettings

    func register(in table: inout HandlerTable) {
        table.publisher("getSettings", read)
    }

    /// Visitors who have not signed in learn which scopes to ask for, and no more.
    private func read(_ request: APIRequest) async throws -> APIResponse {
        var members: JSONValue = ["scopes": JSONValue(settings.scopes)]
        guard let caller = request.principal else { return .ok(members) }
        let environments = try await services.deployments.environments(of: caller.tenant)
        members["devportalUrl"] = JSONValue(settings.devPortalURL)
        members["environment"] = .array(environments.map(Self.environment))
        members["gatewayTypes"] = ["Regular"]
        members["GatewayFeatureCatalog"] = ["gatewayFeatures": [:], "apiTypes": [:]]
        members["monetizationAttributes"] = []
        members["externalStoresEnabled"] = false
        members["docVisibilityEnabled"] = false
        members["crossTenantSubscriptionEnabled"] = false
        members["defaultAdvancePolicy"] = JSONValue(settings.defaultPolicy)
        members["defaultSubscriptionPolicy"] = JSONValue(settings.defaultPolicy)
        members["authorizationHeader"] = JSONValue(settings.authorizationHeader)
        members["orgAccessControlEnabled"] = false
        members["allowSubscriptionValidationDisabling"] = true
        members["designAssistantEnabled"] = false
        members["isGatewayNotificationEnabled"] = true
        members["isMCPSupportEnabled"] = false
        members["customProperties"] = []
        return .ok(members)
    }

    /// The schema `Environment`.
    private static func environment(_ environment: GatewayEnvironment) -> JSONValue {
        let first = environment.virtualHosts.first
        return [
            "id": JSONValue(environment.id), "name": JSONValue(environment.name),
            "displayName": JSONValue(environment.displayName), "type": JSONValue(environment.type),
            "gatewayType": JSONValue(environment.gatewayType), "mode": JSONValue(environment.mode),
            "serverUrl": JSONValue(first?.httpsURL("") ?? ""), "provider": JSONValue(environment.provider),
            "showInApiConsole": true, "vhosts": .array(environment.virtualHosts.map(host)),
            "endpointURIs": .array(
                environment.endpointURIs.map { ["protocol": JSONValue($0.scheme), "endpointURI": JSONValue($0.uri)] }),
            "additionalProperties": .array(
                environment.properties.map { ["key": JSONValue($0.key), "value": JSONValue($0.value)] }),
            "permissions": [
                "permissionType": JSONValue(environment.permission.kind), "roles": JSONValue(environment.permission.roles),
            ],
        ]
    }

    private static func host(_ host: VirtualHost) -> JSONValue {
        [
            "host": JSONValue(host.host), "httpContext": JSONValue(host.httpContext), "httpPort": JSONValue(host.httpPort),
            "httpsPort": JSONValue(host.httpsPort), "wsHost": JSONValue(host.webSocketHost),
            "wsPort": JSONValue(host.webSocketPort), "wssHost": JSONValue(host.secureWebSocketHost),
            "wssPort": JSONValue(host.secureWebSocketPort),
        ]
    }
}
