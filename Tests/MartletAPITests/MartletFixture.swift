import ContractRouter
import ContractTesting
import Documents
import Identity
import Logging
import Model
import Operating
import Storage

@testable import Consuming
@testable import MartletAPI

/// The operations of the contract on a database in memory, with gateways that have counted 3 of everything.
struct MartletFixture {
    static let base = "/api/am/martlet/v1"
    static let other = Tenant(id: 1, domain: "example.com")

    let client: TestClient
    let changes: ChangeStore

    /// - Parameter decisions: records that a gateway for all tenants has sent.
    init(decisions: [JSONValue] = []) async throws {
        let store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all + ConsumingMigrations.all + GatewayMigrations.all).migrate(
            store, time: .system)
        changes = ChangeStore(store: store, delivery: NoDelivery())
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        let tokens = GatewayTokens(changes: changes, vault: vault, random: .system) { domain in
            [Tenant.superTenant, Self.other].first { $0.domain == domain }
        }
        let instances = GatewayInstances(changes: changes)
        let gateways = RemoteGateways(instances: instances, tokens: tokens, logger: Logger(label: "test"))
        var table = HandlerTable()
        MartletHandlers(
            tokens: tokens, gateways: gateways,
            deployments: GatewayDeployments(changes: changes, instances: instances, acknowledgements: { [:] }),
            apis: OneAPI(),
            quotas: ApplicationQuotas(changes: changes, policies: TenPerMinute(), usage: ThreeEach()),
            decisions: Received(decisions)
        ).register(in: &table)
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: ["apim:admin"]),
                "other": .test("root", tenant: Self.other, scopes: ["apim:admin"]),
                "publisher": .test("kim", scopes: ["apim:api_view"]),
                "consumer": .test("lee", scopes: ["apim:subscribe"]),
                "stranger": .test("max", scopes: ["apim:subscribe"]),
            ], tenants: [.superTenant, Self.other])
        client = TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer admin")
    }

    func client(_ credential: String) -> TestClient { client.with(authorization: "Bearer \(credential)") }
}

private struct OneAPI: APIDirectory {
    func requireVisible(_ id: String, to caller: Principal) async throws {
        guard id == "a" else { throw CatalogueError.apiNotFound(id) }
    }
}

private struct TenPerMinute: ThrottlingPolicySource {
    func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) -> ThrottlingPolicy? {
        ThrottlingPolicy(
            id: name, number: 1, level: level, name: name, limit: ThrottlingLimit(.requests(count: 10), per: 1, .minute))
    }

    func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) -> [ThrottlingPolicy] { [] }
}

private struct ThreeEach: QuotaUsage {
    func use(of counters: [CounterName], tenant: Tenant) -> QuotaUse {
        QuotaUse(isShared: false, shares: [.init(gateway: "g", used: counters.map { _ in 3 })], silent: ["h"])
    }
}

private struct Received: DecisionSource {
    private let decisions = ReceivedDecisions()

    init(_ records: [JSONValue]) {
        let token = GatewayToken(
            id: "t", tenant: .superTenant, name: "edge", environments: [], tenants: [], createdBy: "admin",
            createdMilliseconds: 1)
        decisions.take(records, from: "g", token: token)
    }

    func records(of id: String, tenant: Tenant) -> [DecisionRecord] { decisions.records(of: id, tenant: tenant) }
}

private struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}
