import ContractRouter
import ContractTesting
import Documents
import Identity
import Logging
import Model
import Storage
import Synchronization
import Testing
import Tokens

@testable import AdminAPI

/// The key manager operations over a prepared identity. `Bearer admin` administers the super tenant, `Bearer other` another tenant,
/// `Bearer viewer` may not manage key managers.
struct KeyManagerFixture {
    let client: TestClient
    let store: any SQLStore
    let identity: IdentityServices
    let web = FakeWeb()
    /// UUID of the other tenant.
    let otherID: String
    static let context = ChangeContext(
        actor: "test", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: 1)

    static let base = "/api/am/admin/v4"
    static let other = Tenant(id: 1, domain: "example.com")

    /// Documents by URL.
    final class FakeWeb: Sendable {
        let pages = Mutex<[String: String]>([:])

        func fetch(_ url: String) throws -> [UInt8] {
            guard let page = pages.withLock({ $0[url] }) else { throw CatalogueError.internalServerError }
            return Array(page.utf8)
        }

        func set(_ url: String, _ page: String?) { pages.withLock { $0[url] = page } }
    }

    /// Usage that tests set.
    final class Uses: Sendable {
        let names = Mutex<Set<String>>([])
    }

    let uses = Uses()

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all).migrate(store, time: .system)
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        let web = web
        identity = try IdentityServices(
            changes: ChangeStore(store: store, delivery: NoDelivery(), vault: vault), vault: vault,
            settings: IdentitySettings(passwordCost: PasswordCost(exponent: 4, blockSize: 1, parallelism: 1)),
            generateKey: { _, _ in try Self.signingKey.get() },
            connections: KeyManagerConnections(
                keys: KeySetSource { try web.fetch($0) }, wellKnown: WellKnownDocument { try web.fetch($0) },
                call: KeyManagerCall { _ in throw CatalogueError.internalServerError },
                logger: Logger(label: "test")))
        try await identity.bootstrap.prepare(administrator: .init(name: "admin", password: "secret"))
        otherID = try await identity.tenants.create(
            domain: Self.other.domain, name: "Other",
            owner: TenantOwnerDraft(username: "root", password: "password1", attributes: JSONObject()),
            context: Self.context
        ).uuid
        var table = HandlerTable()
        let uses = uses
        KeyManagerHandlers(
            managers: identity.keyManagers, wellKnown: identity.wellKnown,
            uses: KeyManagerUses(
                apis: { _, _ in
                    [
                        .init(
                            id: "a1", name: "Pizza", version: "1", context: "/pizza/1", provider: "admin", type: "HTTP",
                            status: "PUBLISHED", entry: "all")
                    ]
                }, applications: { _, _ in [] }, usedNames: { _ in uses.names.withLock { $0 } },
                deletion: .init { manager, _, _ in uses.names.withLock { $0.contains(manager.name) } })
        ).register(in: &table)
        let scopes: Set<String> = ["apim:admin"]
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: scopes), "other": .test("root", tenant: Self.other, scopes: scopes),
                "viewer": .test("viewer", scopes: ["apim:admin_tier_view"]),
            ], tenants: [.superTenant, Self.other])
        client = TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer admin")
    }

    static let signingKey = Result { try SigningKey.generate(commonName: "test", nowMilliseconds: 1_700_000_000_000) }

    /// Sends a request; the client checks the answer against the contract.
    func call(_ method: String, _ path: String, _ body: JSONValue? = nil, as name: String = "admin") async -> TestAnswer {
        let client = client.with(authorization: "Bearer \(name)")
        let headers = body == nil ? [] : [("Content-Type", "application/json")]
        return await client.send(method, Self.base + path, headers: headers, body: body?.serialized() ?? [])
    }

    /// A Keycloak server whose keys lie at `https://kc/jwks`.
    static func keycloak(_ name: String = "Keycloak", _ members: JSONValue = [:]) -> JSONValue {
        var json: JSONValue = [
            "name": JSONValue(name), "type": "KeyCloak", "issuer": "https://kc/realms/shop",
            "clientRegistrationEndpoint": "https://kc/register", "introspectionEndpoint": "https://kc/introspect",
            "tokenEndpoint": "https://kc/token", "revokeEndpoint": "https://kc/revoke",
            "certificates": ["type": "JWKS", "value": "https://kc/jwks"],
            "additionalProperties": ["client_id": "martlet", "client_secret": "s3cr3t-value"],
        ]
        for (name, value) in members.object ?? JSONObject() { json[name] = value.isNull ? nil : value }
        return json
    }

    /// What gateways know of a key manager.
    func published(_ name: String, tenant: Int = -1234) async throws -> GatewayKeyManager? {
        for case .keyManager(let manager) in try await GatewayEntityReader(store).snapshot().entities
        where manager.name == name && manager.tenant == tenant {
            return manager
        }
        return nil
    }

    func publishKeys(at url: String = "https://kc/jwks", id: String = "k1") throws {
        var key = try Self.signingKey.get().jsonWebKey
        key.keyID = id
        web.set(url, JSONWebKeySet(keys: [key]).text)
    }

    /// Makes every fetch of keys due.
    func makeDue() async throws {
        _ = try await store.write { try $0.execute("UPDATE key_manager SET key_set_due = 0 WHERE key_set_due IS NOT NULL", []) }
    }

    func switchOther(on isActive: Bool) async throws {
        try await identity.tenants.setActive(isActive, uuid: otherID, context: Self.context)
    }

    func discover(_ url: String) async -> TestAnswer {
        await client.multipart(
            "POST", Self.base + "/key-managers/discover", [TestField("url", url), TestField("type", "KeyCloak")])
    }
}
