import ContractRouter
import ContractTesting
import Logging
import Model
import Operating
import Storage

@testable import DevOpsAPI

/// The contract devops-v0 over a database in memory. `Bearer admin` administers the super tenant, `Bearer other` another tenant,
/// `Bearer user` nothing.
struct DevOpsFixture {
    let client: TestClient
    let store: any SQLStore

    static let base = "/api/am/devops/v0"
    static let other = Tenant(id: 1, domain: "example.com")

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(LoggingMigrations.all).migrate(store, time: .system)
        let changes = ChangeStore(store: store, delivery: NoDelivery())
        var table = HandlerTable()
        DevOpsHandlers(
            apiLogs: APILogs(changes: changes, apis: FixedAPIs()), correlationLogs: CorrelationLogs(changes: changes),
            tenant: { domain in [Tenant.superTenant, Self.other].first { $0.domain == domain } }
        ).register(in: &table)
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: ["apim:admin"]),
                "other": .test("root", tenant: Self.other, scopes: ["apim:admin"]),
                "user": .test("kim", scopes: ["apim:subscribe"]),
            ], tenants: [.superTenant, Self.other])
        client = TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer admin")
    }

    /// What gateways have to log.
    func gatewayLogging() async throws -> [GatewayLogging] {
        try await GatewayEntityReader(store).snapshot().entities.compactMap { entity in
            if case .logging(let logging) = entity { logging } else { nil }
        }
    }
}

/// Each tenant has the APIs `one` and `two`, with `GET /menu`; the other tenant's have its number behind their ids.
struct FixedAPIs: LoggedAPIs {
    func all(tenant: Tenant, in connection: any SQLConnection) throws -> [LoggedAPI] {
        let suffix = tenant == .superTenant ? "" : "-\(tenant.id)"
        return ["one", "two"].map { LoggedAPI(id: $0 + suffix, context: "/\($0)/1.0.0") }
    }

    func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> LoggedAPI? {
        try all(tenant: tenant, in: connection).first { $0.id == id }
    }

    func hasOperation(
        verb: String, target: String, apiID: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        verb == "GET" && target == "/menu"
    }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}
