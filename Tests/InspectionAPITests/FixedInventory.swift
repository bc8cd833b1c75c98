import Model
import Synchronization

@testable import InspectionAPI

/// A gateway with an API on two environments, one more of another tenant, and an application with a subscription.
final class FixedInventory: GatewayInventory {
    static let other = Tenant(id: 1, domain: "example.com")

    let withheld = Mutex<Set<String>>([])

    private let all: [GatewayEntity] = [
        .api(api("pizza", number: 7, "Pizza", environment: "Default")),
        .api(api("pizza", number: 7, "Pizza", environment: "Edge")),
        .api(api("burger", number: 8, "Burger", version: "2.0.0", environment: "Default")),
        .api(api("foreign", number: 9, "Foreign", environment: "Default", tenant: other)),
        .application(
            GatewayApplication(
                id: "shop", number: 3, tenant: -1234, tenantDomain: "carbon.super", name: "Shop", owner: "kim",
                policy: "Unlimited", status: "APPROVED", attributes: ["cost centre": "7"])),
        .keyMapping(
            GatewayKeyMapping(
                tenant: -1234, keyManager: GatewayKeyManager.residentName, consumerKey: "ck", applicationID: "shop",
                keyType: .production)),
        .subscription(
            GatewaySubscription(
                id: "s", number: 5, tenant: -1234, applicationID: "shop", apiID: "pizza", policy: "Gold", state: "UNBLOCKED")),
    ]

    private static func api(
        _ id: String, number: Int, _ name: String, version: String = "1.0.0", environment: String,
        tenant: Tenant = .superTenant
    ) -> GatewayAPI {
        var api = GatewayAPI(
            id: id, number: number, environment: environment, revisionID: "r", tenant: tenant.id, tenantDomain: tenant.domain,
            name: name, version: version, provider: "kim", type: "HTTP", context: "/\(name.lowercased())/\(version)",
            defaultContext: nil, lifecycleState: "PUBLISHED", hosts: [], transports: ["https"], securitySchemes: ["oauth2"],
            authorizationHeader: "Authorization", apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [],
            requiresSubscription: true, cors: nil, policy: "10KPerMin",
            production: GatewayEndpointGroup(
                strategy: .single, endpoints: [GatewayEndpoint(url: "http://kim:hush@backend/v1")],
                security: .basic(username: "kim", password: GatewaySecret("hush"))), sandbox: nil,
            operations: [
                GatewayOperation(
                    verb: "GET", target: "/menu", authType: "Any", policy: "Unlimited", scopes: ["read"],
                    policies: GatewayPolicyFlows(
                        request: [GatewayPolicyUse(name: "addHeader", version: "v1", parameters: ["headerValue": "hush"])]))
            ])
        api.validatedDefinition = #"{"openapi":"3.0.1"}"#
        return api
    }

    func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        let withheld = withheld.withLock { $0 }
        return all.filter { kinds.contains($0.kind) && !withheld.contains($0.key) }
    }

    func keys(ofAPI name: String, version: String, tenantDomain: String) async throws -> [String] {
        all.compactMap { entity in
            guard case .api(let api) = entity, api.name == name, api.version == version, api.tenantDomain == tenantDomain else {
                return nil
            }
            return entity.key
        }
    }

    func withhold(_ key: String) async throws { withheld.withLock { _ = $0.insert(key) } }

    func restore(_ key: String) async throws -> Bool { withheld.withLock { $0.remove(key) != nil } }
}
