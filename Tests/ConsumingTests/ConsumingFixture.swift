import Documents
import Identity
import Logging
import Model
import Storage
import Tokens

@testable import Consuming

/// The consuming capabilities with the real key manager on a database in memory. APIs are rows that the test writes.
struct ConsumingFixture {
    let store: any SQLStore
    let changes: ChangeStore
    let applications: Applications
    let subscriptions: Subscriptions
    let keys: ApplicationKeys
    let apiKeys: APIKeys
    let apis: PublishedAPIs
    let keyManagers: KeyManagers
    /// Stands for all key managers of others.
    let server = FakeKeyManager()
    let directory = SubscriptionDirectory(random: .system)
    let policies: FixedPolicies
    /// The owner of most things in the tests; the administrator, because that is the one user whom the key manager has.
    let admin: Principal

    static let now: Int64 = 1_800_000_000_000
    static let otherTenant = Tenant(id: 1, domain: "example.com")

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all + ConsumingMigrations.all + [PublishedRows.migration])
            .migrate(store, time: .system)
        changes = ChangeStore(store: store, delivery: NoDelivery())
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        let identity = try IdentityServices(
            changes: changes, vault: vault,
            settings: IdentitySettings(passwordCost: PasswordCost(exponent: 4, blockSize: 1, parallelism: 1)),
            time: TimeSource { Self.now }, generateKey: { _, _ in try TestKey.shared() },
            connections: KeyManagerConnections(
                keys: KeySetSource { _ in Array(#"{"keys":[]}"#.utf8) }, wellKnown: WellKnownDocument { _ in [] },
                call: KeyManagerCall { [server] in server.answer($0) }, logger: Logger(label: "test")))
        try await identity.bootstrap.prepare(administrator: .init(name: "admin", password: "secret"))
        let keyManager = ResidentKeyManager(
            registry: identity.clients, issuer: identity.tokens, apiKeys: identity.apiKeys)
        policies = FixedPolicies()
        let external = ExternalKeyManagers(
            offered: OfferedKeyManagers(changes: changes, managers: identity.keyManagers), call: identity.keyManagerCall,
            vault: vault, logger: Logger(label: "test"))
        keyManagers = identity.keyManagers
        applications = Applications(
            changes: changes, random: .system, policies: policies, clients: keyManager, external: external)
        subscriptions = Subscriptions(changes: changes, random: .system, policies: policies)
        keys = ApplicationKeys(
            changes: changes, random: .system, clients: keyManager, users: keyManager, external: external)
        apiKeys = APIKeys(changes: changes, signer: keyManager)
        apis = PublishedAPIs(changes: changes)
        let user = try await identity.users.user(named: "admin", in: .superTenant)
        admin = Principal(
            username: "admin", userID: user?.id ?? "", tenant: .superTenant, roles: ["Internal/subscriber"],
            scopes: ["apim:subscribe"])
    }

    static func user(
        _ name: String, tenant: Tenant = .superTenant, roles: Set<String> = ["Internal/subscriber"]
    ) -> Principal {
        Principal(username: name, userID: "u-\(name)", tenant: tenant, roles: roles, scopes: ["apim:subscribe"])
    }

    static func context(_ tenant: Tenant = .superTenant) -> ChangeContext {
        ChangeContext(
            actor: "test", tenant: tenant, clientAddress: "127.0.0.1", requestID: "r", milliseconds: now)
    }

    /// An application of `owner`, by default of the administrator.
    func application(_ name: String = "Shop", owner: Principal? = nil) async throws -> Application {
        let owner = owner ?? admin
        return try await applications.create(
            ApplicationDraft(name: name, policy: "Unlimited"), owner: owner, Self.context(owner.tenant))
    }

    /// What gateways know of one kind.
    func entities(_ kind: GatewayEntity.Kind) async throws -> [GatewayEntity] {
        try await GatewayEntityReader(store).snapshot().entities.filter { $0.kind == kind }
    }

    func count(_ table: String) async throws -> Int {
        try await store.read { try $0.first("SELECT COUNT(*) AS total FROM \(table)")?.int("total") ?? 0 }
    }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}

/// One signing key for all tests, because making one takes long.
enum TestKey {
    private static let key = try? SigningKey.generate(commonName: "test", nowMilliseconds: ConsumingFixture.now)

    static func shared() throws -> SigningKey {
        guard let key else { throw CatalogueError.internalServerError }
        return key
    }
}

/// A few policies, the same for every tenant.
struct FixedPolicies: ThrottlingPolicySource {
    func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy? {
        try policies(level, tenant: tenant, in: connection).first { $0.name == name }
    }

    func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [ThrottlingPolicy] {
        switch level {
        case .application: ["10PerMin", "Unlimited"].map { Self.policy($0, level, nil) }
        case .subscription:
            ["Gold", "Silver", "Unauthenticated", "DefaultSubscriptionless"].map { Self.policy($0, level, BusinessPlan()) }
                + [
                    Self.policy("Partners", level, BusinessPlan(permission: .init(kind: .allow, roles: ["partner"]))),
                    Self.policy("NoTrial", level, BusinessPlan(permission: .init(kind: .deny, roles: ["Trial"]))),
                ]
        case .advanced: []
        }
    }

    private static func policy(_ name: String, _ level: ThrottlingLevel, _ plan: BusinessPlan?) -> ThrottlingPolicy {
        ThrottlingPolicy(
            id: name, number: 1, level: level, name: name, limit: ThrottlingLimit(.requests(count: 10), per: 1, .minute),
            plan: plan)
    }
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
