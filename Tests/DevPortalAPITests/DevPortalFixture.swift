import Consuming
import ContractRouter
import ContractTesting
import Documents
import Identity
import Logging
import Model
import Operating
import Publishing
import Storage
import Testing
import Tokens

@testable import DevPortalAPI

/// The developer portal's contract over a database in memory with the real tables of all parts.
///
/// `Bearer admin` is a subscriber of the super tenant, `Bearer kim` another one, `Bearer root` one of another tenant; no credential
/// is an anonymous visitor.
struct DevPortalFixture {
    let client: TestClient
    let store: any SQLStore
    let vault: Vault

    static let base = "/api/am/devportal/v3"
    static let other = Tenant(id: 1, domain: "example.com")

    init(allowsAnonymous: Bool = true, createsDefaultApplication: Bool = false) async throws {
        let store = try SQLiteStore.temporary()
        self.store = store
        try await Migrator(
            IdentityMigrations.all + PublishingMigrations.all + ConsumingMigrations.all + OperatingMigrations.all
        ).migrate(store, time: .system)
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        self.vault = vault
        let changes = ChangeStore(store: store, delivery: NoDelivery(), vault: vault)
        let identity = try IdentityServices(
            changes: changes, vault: vault,
            settings: IdentitySettings(passwordCost: PasswordCost(exponent: 4, blockSize: 1, parallelism: 1)),
            tenantSteps: [{ try ThrottlingDefaults(random: .system).create(for: $0.context.tenant, in: $0) }],
            generateKey: { _, _ in try TestKey.shared() })
        try await identity.bootstrap.prepare(administrator: .init(name: "admin", password: "secret"))
        let context = ChangeContext(actor: "test", tenant: Self.other, clientAddress: "", requestID: "", milliseconds: 1)
        try await changes.change(context) { try ThrottlingDefaults(random: .system).create(for: Self.other, in: $0) }
        var table = HandlerTable()
        DevPortalHandlers(
            services: Self.services(changes, vault, identity, createsDefaultApplication),
            settings: DevPortalSettings(scopes: ["apim:subscribe"], allowsAnonymous: allowsAnonymous)
        ).register(in: &table)
        let engine = try ContractEngine(handlers: table, verifier: Self.verifier, logger: Logger(label: "test"))
        client = TestClient(engine, authorization: "Bearer admin")
    }

    private static func services(
        _ changes: ChangeStore, _ vault: Vault, _ identity: IdentityServices, _ createsDefaultApplication: Bool
    ) -> DevPortalServices {
        let policies = StoredPolicies()
        let keyManager = ResidentKeyManager(
            registry: identity.clients, issuer: identity.tokens, apiKeys: identity.apiKeys)
        let offered = OfferedKeyManagers(changes: changes, managers: identity.keyManagers)
        let external = ExternalKeyManagers(
            offered: offered, call: identity.keyManagerCall, vault: vault, logger: Logger(label: "test"))
        let applications = Applications(
            changes: changes, random: .system, policies: policies, clients: keyManager, external: external)
        return DevPortalServices(
            apis: PublishedAPIs(changes: changes), applications: applications,
            subscribers: Subscribers(
                changes: changes, random: .system, applications: applications,
                createsDefaultApplication: createsDefaultApplication),
            keyManagers: offered,
            keys: ApplicationKeys(
                changes: changes, random: .system, clients: keyManager, users: keyManager, external: external),
            apiKeys: APIKeys(changes: changes, signer: keyManager),
            storedAPIKeys: StoredAPIKeys(changes: changes, random: .system, vault: vault),
            subscriptions: Subscriptions(changes: changes, random: .system, policies: policies),
            quotas: ApplicationQuotas(changes: changes, policies: policies, usage: NothingUsed()),
            policies: OfferedPolicies(changes: changes, source: policies),
            environments: { _ in [.shipped(host: "localhost")] }, tenants: { $0 ? [.superTenant, other] : [] })
    }

    private struct NothingUsed: QuotaUsage {
        func use(of counters: [CounterName], tenant: Tenant) -> QuotaUse { QuotaUse(isShared: false, shares: []) }
    }

    private static let verifier = TableVerifier(
        [
            "admin": .test("admin", scopes: ["apim:subscribe", "apim:app_manage"], roles: ["Internal/subscriber"]),
            "kim": .test("kim", scopes: ["apim:subscribe"], roles: ["Internal/subscriber"]),
            "root": .test("root", tenant: other, scopes: ["apim:subscribe"], roles: ["admin"]),
            "publisher": .test("pat", scopes: ["apim:api_view"]),
        ], tenants: [.superTenant, other])

    /// Sends a request; the client checks the answer against the contract. An empty name sends no credential.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, as name: String = "admin"
    ) async -> TestAnswer {
        let client = client.with(authorization: name.isEmpty ? nil : "Bearer \(name)")
        let headers = body == nil ? [] : [("Content-Type", "application/json")]
        return await client.send(method, Self.base + path, headers: headers, body: body?.serialized() ?? [])
    }

    /// The definition of the API `a1` for a visitor. The contract calls it a string, but it is the document itself.
    func definition() async -> TestAnswer {
        var visitor = client.with(authorization: nil)
        visitor.checksAnswers = false
        return await visitor.get("\(Self.base)/apis/a1/swagger")
    }

    /// The id of a new application.
    func application(_ name: String = "Shop", as user: String = "admin") async throws -> String {
        let answer = await call(
            "POST", "/applications", ["name": JSONValue(name), "throttlingPolicy": "Unlimited"], as: user)
        return try #require(answer.json["applicationId"]?.string)
    }

    /// Writes an API in the tables of the publishing part.
    func publish(_ id: String, number: Int = 1, visibility: String = "PUBLIC", definition: String? = nil) async throws {
        let document: JSONValue = [
            "policies": ["Gold", "Silver"], "tags": ["food"], "transport": ["http", "https"],
            "securityScheme": ["oauth2", "api_key", "oauth_basic_auth_api_key_mandatory"], "apiKeyHeader": "ApiKey",
            "operations": [["verb": "GET", "target": "/menu", "throttlingPolicy": "Unlimited", "scopes": []]],
            "scopes": [["scope": ["name": "order", "displayName": "Order", "description": "Place orders"]]],
            "additionalProperties": [
                ["name": "shown", "value": "1", "display": true], ["name": "hidden", "value": "2", "display": false],
            ], "endpointConfig": ["production_endpoints": ["url": "http://secret.internal"]],
            "businessInformation": ["businessOwner": "Kim"],
        ]
        try await store.write { transaction in
            try transaction.execute(
                """
                INSERT INTO api (id, number, tenant_id, name, version, display_name, description, context, context_template,
                    provider, type, lifecycle_state, visibility, access_control, gateway_vendor, is_default_version,
                    serves_default, has_thumbnail, last_revision, created_at, updated_at, updated_by, row_version, document)
                VALUES (?, ?, -1234, ?, '1.0.0', 'The API', 'Text', ?, ?, 'admin', 'HTTP', 'PUBLISHED', ?, 'NONE', 'wso2', 1, 1,
                    0, 1, 1000, 2000, 'admin', 7, ?)
                """,
                [
                    .text(id), SQLValue(number), .text("Pizza\(number)"), .text("/pizza\(number)/1.0.0"),
                    .text("/pizza\(number)/{version}"), .text(visibility), .text(document.text),
                ])
            try transaction.execute("INSERT INTO api_attribute VALUES (?, -1234, 'tag', '', 'food')", [.text(id)])
            try transaction.execute(
                "INSERT INTO api_definition VALUES (?, -1234, ?)", [.text(id), .text(definition ?? Self.definition)])
            try transaction.execute(
                "INSERT INTO api_deployment VALUES (?, 'Default', -1234, 'r', 'localhost', 1, 1)", [.text(id)])
        }
    }

    static let definition = """
        {"openapi":"3.0.1","info":{"title":"Pizza","version":"1"},"servers":[{"url":"http://secret.internal"}],
        "x-wso2-production-endpoints":{"urls":["http://secret.internal"]},"paths":{"/menu":{"get":{"x-auth-type":"Any",
        "x-throttling-tier":"Unlimited","x-keep":1,"responses":{"200":{"description":"ok"}}}}}}
        """
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}

private struct StoredPolicies: ThrottlingPolicySource {
    private let catalogue = PolicyCatalogue()

    func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy? {
        try catalogue.policy(level, named: name, tenant: tenant, in: connection)
    }

    func policies(_ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection) throws -> [ThrottlingPolicy] {
        try catalogue.policies(level, tenant: tenant, in: connection)
    }
}

/// One signing key for all tests, because making one takes long.
private enum TestKey {
    private static let key = try? SigningKey.generate(commonName: "test", nowMilliseconds: 1_800_000_000_000)

    static func shared() throws -> SigningKey {
        guard let key else { throw CatalogueError.internalServerError }
        return key
    }
}
