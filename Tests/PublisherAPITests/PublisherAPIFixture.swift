import ContractRouter
import ContractTesting
import Documents
import Identity
import Logging
import Model
import OutgoingHTTP
import Publishing
import Storage

@testable import PublisherAPI

/// The publisher's operations behind the contract router, on a store in memory, with the real identity part.
struct PublisherAPIFixture {
    let client: TestClient
    let store: SQLiteStore
    let services: PublishingServices
    static let base = "/api/am/publisher/v4"
    static let tenant = Tenant(id: 7, domain: "example.com")

    init() async throws {
        let store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all + PublishingMigrations.all + [OpenDirectory.migration]).migrate(
            store, time: .system)
        let directory = OpenDirectory()
        let vault = try await Vault.open(key: .generate(.system), store: store)
        let fetcher = OutgoingFetcher(policy: .fetch(), logger: Logger(label: "test"))
        services = PublishingServices(
            PublishingFoundation(
                changes: ChangeStore(store: store, delivery: ImmediateDelivery(), vault: vault), vault: vault,
                environments: ConfiguredEnvironments([.shipped(host: "localhost")]), policies: directory, roles: directory,
                scopes: directory, keys: directory, subscriptions: directory, fetcher: fetcher, endpointProbe: fetcher))
        var table = HandlerTable()
        PublisherHandlers(
            services, settings: PublisherSettings(devPortalURL: "https://localhost:9443/devportal", scopes: ["a"])
        )
        .register(in: &table)
        let verifier = TableVerifier(
            [
                "kim": .test("kim", scopes: Self.scopes, roles: ["Internal/creator"]),
                "reader": .test("reader", scopes: ["apim:api_view"]),
                "eve": .test("eve", tenant: Self.tenant, scopes: Self.scopes, roles: ["admin"]),
            ], tenants: [.superTenant, Self.tenant])
        let engine = try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test"))
        client = TestClient(engine, authorization: "Bearer kim")
        self.store = store
    }

    static let scopes: Set<String> = [
        "apim:api_create", "apim:api_publish", "apim:api_view", "apim:api_delete", "apim:api_generate_key",
        "apim:shared_scope_manage", "apim:tier_view", "apim:subscription_view", "apim:subscription_block",
        "apim:subscription_manage", "apim:common_operation_policy_view", "apim:common_operation_policy_manage",
        "apim:mediation_policy_view", "apim:mediation_policy_create", "apim:mediation_policy_manage",
        "apim:policies_import_export", "apim:gateway_policy_view", "apim:gateway_policy_manage",
    ]

    static let api: JSONValue = [
        "name": "Pizza", "version": "1.0.0", "context": "/pizza", "policies": ["Gold"],
        "operations": [["target": "/menu", "verb": "GET"]],
        "endpointConfig": ["endpoint_type": "http", "production_endpoints": ["url": "http://backend.example.com/v1"]],
    ]

    /// Makes the API ``api`` and returns its id.
    func create() async -> String {
        await client.post(Self.base + "/apis", json: Self.api).json["id"]?.string ?? ""
    }
}

struct ImmediateDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) {}
}

/// Directories in which every plan, role and user exists.
struct OpenDirectory: PolicyDirectory, RoleDirectory, ScopeRegistrar, InternalKeySigner, SubscriptionRegister {
    func policies(level: ThrottlingLevel, of tenant: Tenant) -> [ThrottlingPolicy] {
        let names =
            level == .subscription ? ["Gold", "Silver", "AsyncGold", "DefaultSubscriptionless"] : ["10KPerMin", "Unlimited"]
        return names.enumerated().map { number, name in
            ThrottlingPolicy(
                id: name, number: number, level: level, name: name,
                limit: ThrottlingLimit(name.hasPrefix("Async") ? .events(count: 10) : .requests(count: 10), per: 1, .minute),
                plan: level == .subscription ? BusinessPlan() : nil)
        }
    }

    func unknownRoles(among names: [String], in tenant: Tenant) -> [String] { names.filter { $0 == "nobody" } }
    func userExists(_ name: String, in tenant: Tenant) -> Bool { true }
    func tenants(active: Bool) -> [Tenant] { active ? [.superTenant, PublisherAPIFixture.tenant] : [] }
    func put(_ scope: PublishedScope, in change: ChangeTransaction) {}
    func remove(_ name: String, in change: ChangeTransaction) {}

    func internalKey(
        for api: APIRecord, subject: String, keyType: KeyType, tenant: Tenant, milliseconds: Int64,
        in connection: any SQLConnection
    ) -> (token: String, validitySeconds: Int) { ("key", 60_000) }

    func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) -> Int { 0 }

    func list(
        ofAPI id: String?, name: String, tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [PublisherSubscription], total: Int) {
        let all = try connection.query("SELECT id FROM api WHERE tenant_id = ? ORDER BY number", [SQLValue(tenant.id)])
            .compactMap { try find("s-" + $0.text("id"), tenant: tenant, in: connection) }
        let found = all.filter { (id == nil || $0.apiID == id) && (name.isEmpty || $0.applicationName == name) }
        return (found, found.count)
    }

    /// Every API has one subscription, active unless the tests' table of changed states says otherwise.
    func find(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> PublisherSubscription? {
        let api = String(id.dropFirst(2))
        guard id.hasPrefix("s-"),
            try connection.first("SELECT id FROM api WHERE id = ? AND tenant_id = ?", [SQLValue(api), SQLValue(tenant.id)])
                != nil
        else { return nil }
        let changes = try connection.query("SELECT value FROM test_change WHERE id = ? ORDER BY number", [SQLValue(id)])
            .map { try $0.text("value") }
        return PublisherSubscription(
            id: id, apiID: api, applicationID: "a", applicationName: "App", subscriber: "kim", applicationDescription: "",
            applicationSubscriptionCount: 1, policy: changes.last { SubscriptionStatus(rawValue: $0) == nil } ?? "Gold",
            status: changes.compactMap(SubscriptionStatus.init(rawValue:)).last ?? .unblocked, version: Int64(changes.count + 1)
        )
    }

    func setStatus(
        _ status: SubscriptionStatus, of id: String, in change: ChangeTransaction
    ) throws -> PublisherSubscription { try note(status.rawValue, of: id, in: change) }

    func setPlan(_ plan: String, of id: String, in change: ChangeTransaction) throws -> PublisherSubscription {
        try note(plan, of: id, in: change)
    }

    private func note(_ value: String, of id: String, in change: ChangeTransaction) throws -> PublisherSubscription {
        let number = try NumberSequence.next("test_change", in: change)
        try change.execute(
            "INSERT INTO test_change (number, id, value) VALUES (?, ?, ?)", [SQLValue(number), SQLValue(id), SQLValue(value)])
        guard let found = try find(id, tenant: change.context.tenant, in: change) else {
            throw CatalogueError.subscriptionNotFound(id)
        }
        return found
    }

    func profile(ofUser name: String, in tenant: Tenant) -> UserProfile? {
        UserProfile(
            name: name, roles: [],
            claims: [.init(name: "Email", uri: "http://wso2.org/claims/emailaddress", value: "kim@example.com")])
    }

    static let migration = Migration(
        900, "test changes",
        ["CREATE TABLE test_change (number INTEGER PRIMARY KEY, id TEXT NOT NULL, value TEXT NOT NULL)"])

    func copy(fromAPI id: String, toAPI target: String, in change: ChangeTransaction) {}
    func removeAll(ofAPI id: String, in change: ChangeTransaction) {}
}
