import Model
import Storage

@testable import Operating

/// The operating capabilities on a database in memory, with two tenants that have the shipped policies.
struct OperatingFixture {
    let store: any SQLStore
    let changes: ChangeStore
    let policies: ThrottlingPolicies
    let environments: Environments

    static let tenants = [Tenant.superTenant, Tenant(id: 1, domain: "example.com")]
    static let other = tenants[1]

    /// `usedPolicies` and `usedEnvironments` are names that something else is said to use.
    init(usedPolicies: Set<String> = [], usedEnvironments: Set<String> = []) async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(OperatingMigrations.all).migrate(store, time: .system)
        changes = ChangeStore(store: store, delivery: NoDelivery())
        policies = ThrottlingPolicies(
            changes: changes, random: .system, uses: [{ _, name, _, _ in usedPolicies.contains(name) }])
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        environments = Environments(
            changes: changes, random: .system,
            catalogue: EnvironmentCatalogue(configured: [.shipped(host: "gateway.example")], vault: vault),
            isUsed: { name, _, _ in usedEnvironments.contains(name) })
        for tenant in Self.tenants {
            try await changes.change(Self.context(tenant)) {
                try ThrottlingDefaults(random: .system).create(for: tenant, in: $0)
            }
        }
    }

    static func context(_ tenant: Tenant = .superTenant) -> ChangeContext {
        ChangeContext(
            actor: "admin@\(tenant.domain)", tenant: tenant, clientAddress: "127.0.0.1", requestID: "r", milliseconds: 1)
    }

    /// The policies that gateways know, of one tenant.
    func gatewayPolicies(_ tenant: Tenant = .superTenant) async throws -> [GatewayPolicy] {
        try await GatewayEntityReader(store).snapshot().entities.compactMap { entity in
            guard case .policy(let policy) = entity, policy.tenant == tenant.id else { return nil }
            return policy
        }
    }

    func gatewayPolicy(_ name: String, _ level: GatewayPolicy.Level) async throws -> GatewayPolicy? {
        try await gatewayPolicies().first { $0.name == name && $0.level == level }
    }

    func auditActions(kind: String) async throws -> [String] {
        try await store.read { connection in
            try connection.query("SELECT action FROM audit_row WHERE kind = ? ORDER BY at, action", [.text(kind)])
                .map { try $0.text("action") }
        }
    }

    /// A policy of 10 requests a minute.
    static func draft(_ name: String, _ level: ThrottlingLevel = .application) -> ThrottlingPolicy {
        ThrottlingPolicy(
            id: "", number: 0, level: level, name: name, limit: ThrottlingLimit(.requests(count: 10), per: 1, .minute),
            plan: level == .subscription ? BusinessPlan() : nil)
    }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}

/// The catalogue error that `body` throws, or `nil`.
func refusal(_ body: () async throws -> Void) async throws -> CatalogueError? {
    do {
        try await body()
        return nil
    } catch let error as CatalogueError {
        return error
    }
}
