import GatewayCore
import Model

/// APIs of one shape, and one application that is subscribed to all of them.
struct BenchScenery {
    var upstream: String
    /// Whether tokens, subscriptions and quotas are asked for.
    var isManaged: Bool
    var apis: Int
    /// Operations of each API.
    var resources: Int
    /// Applications with a key and a subscription that make no calls.
    var idleApplications = 0

    private static let tenant = Tenant.superTenant.id

    /// The compiled configuration.
    func snapshot(keySet: String) -> Snapshot {
        var builder = SnapshotBuilder()
        let entities = (isManaged ? owners(keySet: keySet) : []) + (0..<apis).map { .api(api($0)) }
        builder.apply((0..<idleApplications).flatMap(idleApplication).map(GatewayChange.put))
        builder.apply(entities.map(GatewayChange.put))
        return builder.build()
    }

    /// Key manager, policies with limits out of reach, application and subscriptions.
    private func owners(keySet: String) -> [GatewayEntity] {
        let levels: [GatewayPolicy.Level] = [.application, .subscription, .api]
        let policies = levels.map {
            GatewayEntity.policy(
                GatewayPolicy(
                    tenant: Self.tenant, level: $0, name: "Bench", quota: .requests, limit: 1_000_000_000,
                    windowMilliseconds: 60_000))
        }
        let manager = GatewayKeyManager(
            tenant: Self.tenant, name: GatewayKeyManager.residentName, issuer: BenchKeys.issuer, keySet: keySet)
        let subscriptions = (0..<apis).map {
            subscription(id: "subscription-\($0)", application: "application", api: $0)
        }
        return policies + [.keyManager(manager)]
            + application(id: "application", number: 1, consumerKey: BenchKeys.consumerKey) + subscriptions
    }

    private func idleApplication(_ number: Int) -> [GatewayEntity] {
        let id = "idle-\(number)"
        return application(id: id, number: number + 2, consumerKey: id + "-key")
            + [subscription(id: id + "-subscription", application: id, api: number % apis)]
    }

    private func application(id: String, number: Int, consumerKey: String) -> [GatewayEntity] {
        let application = GatewayApplication(
            id: id, number: number, tenant: Self.tenant, tenantDomain: "carbon.super", name: id, owner: "admin",
            policy: "Bench", status: "APPROVED")
        let mapping = GatewayKeyMapping(
            tenant: Self.tenant, keyManager: GatewayKeyManager.residentName, consumerKey: consumerKey, applicationID: id,
            keyType: .production)
        return [.application(application), .keyMapping(mapping)]
    }

    private func subscription(id: String, application: String, api: Int) -> GatewayEntity {
        .subscription(
            GatewaySubscription(
                id: id, tenant: Self.tenant, applicationID: application, apiID: "api-\(api)", policy: "Bench",
                state: "UNBLOCKED"))
    }

    private func api(_ number: Int) -> GatewayAPI {
        let operations = (0..<resources).map {
            GatewayOperation(
                verb: "GET", target: "/resource\($0)/{id}", authType: isManaged ? "Any" : "None", policy: "Unlimited",
                scopes: [])
        }
        return GatewayAPI(
            id: "api-\(number)", number: number + 1, environment: "Default", revisionID: "r", tenant: Self.tenant,
            tenantDomain: "carbon.super", name: "API\(number)", version: "1.0.0", provider: "admin", type: "HTTP",
            context: "/api\(number)/1.0.0", defaultContext: nil, lifecycleState: "PUBLISHED", hosts: [],
            transports: ["http", "https"], securitySchemes: ["oauth2"], authorizationHeader: "Authorization",
            apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [], requiresSubscription: true, cors: nil,
            policy: isManaged ? "Bench" : nil,
            production: GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: upstream)]), sandbox: nil,
            operations: operations)
    }
}
