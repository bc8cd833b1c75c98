import ContractRouter
import ContractTesting
import Documents
import Logging
import Model
import Operating
import Storage
import Synchronization
import Testing

@testable import InternalAPI

@Suite("Questions of gateways about credentials", .timeLimit(.minutes(10)))
struct CredentialRoutesTests {
    private let tokens: GatewayTokens
    private let client: TestClient
    private let noted = NotedUses()
    private static let other = Tenant(id: 1, domain: "example.com")

    init() async throws {
        let store = try SQLiteStore.temporary()
        try await Migrator(GatewayMigrations.all).migrate(store, time: .system)
        let tenants = [Tenant.superTenant, Self.other]
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        let changes = ChangeStore(store: store, delivery: NoDelivery())
        tokens = GatewayTokens(changes: changes, vault: vault, random: .system) { domain in
            tenants.first { $0.domain == domain }
        }
        let noted = noted
        let answers = CredentialAnswers(
            introspect: { token, _, _ in
                guard token == "good" else { return nil }
                return IntrospectedToken(tokenID: "t", consumerKey: "c", subject: "s", userName: "u", scopes: [])
            },
            authenticate: { user, password in
                guard password == "right" else { return nil }
                let tenant = user.hasSuffix("@example.com") ? Self.other : .superTenant
                return AuthenticatedUser(name: user, id: "u", tenant: tenant.id, scopes: [])
            },
            claims: { user, tenant in
                user == "u" ? UserClaims(texts: ["givenname": "Kim \(tenant)"], roles: ["cook"]) : nil
            },
            refreshKeys: { manager, _ in
                guard manager == "Known" else { throw CatalogueError.notFound("Key manager", id: manager) }
            },
            noteKeyUses: { ids, tenants, _ in noted.add(ids, tenants) })
        var table = HandlerTable()
        CredentialRoutes(
            tokens: tokens, tenant: { domain in tenants.first { $0.domain == domain } }, answers: answers
        ).register(in: &table)
        client = TestClient(
            try ContractEngine(handlers: table, verifier: TableVerifier(), logger: Logger(label: "test")))
    }

    /// A gateway with a token of `tenant` that reaches `tenants`.
    private func gateway(of tenant: Tenant = .superTenant, reaching tenants: [String] = []) async throws -> TestClient {
        let context = ChangeContext(actor: "admin", tenant: tenant, clientAddress: "", requestID: "", milliseconds: 1)
        let token = try await tokens.create(name: "edge", environments: [], tenants: tenants, context).text
        return client.with(authorization: "Bearer \(token)")
    }

    private func ask(_ gateway: TestClient, _ path: String, _ question: JSONValue) async -> TestAnswer {
        await gateway.post(FeedProtocol.credentialsPath + path, json: question)
    }

    private static func token(_ text: String, tenant: Int) -> JSONValue {
        ["token": JSONValue(text), "keyManager": "Known", "tenant": JSONValue(tenant)]
    }

    @Test("a token is described, or nothing is known of it")
    func introspection() async throws {
        let gateway = try await gateway()
        let good = await ask(gateway, "/introspection", Self.token("good", tenant: 1))
        #expect(good.json["found"]?["consumerKey"] == "c", "\(good.text)")
        #expect(await ask(gateway, "/introspection", Self.token("bad", tenant: 1)).json == ["found": .null])
    }

    @Test("a tenant's gateway asks about its tenant only", arguments: [Tenant.superTenant, Self.other])
    func introspectionOfOthers(owner: Tenant) async throws {
        let gateway = try await gateway(of: owner, reaching: ["example.com"])
        #expect(await ask(gateway, "/introspection", Self.token("good", tenant: 1)).status == 200)
        let foreign = Self.token("good", tenant: Tenant.superTenant.id)
        #expect(await ask(gateway, "/introspection", foreign).status == 403)
        let keys: JSONValue = ["keyManager": "Known", "tenant": JSONValue(Tenant.superTenant.id)]
        #expect(await ask(gateway, "/keys", keys).status == 403)
    }

    @Test("users of tenants that a gateway does not serve are nobody to it")
    func signIn() async throws {
        func found(_ gateway: TestClient, _ user: String, _ password: String) async -> JSONValue? {
            await ask(gateway, "/sign-in", ["user": JSONValue(user), "password": JSONValue(password)]).json["found"]
        }
        let everyones = try await gateway()
        let theirs = try await gateway(of: Self.other)
        #expect(await found(everyones, "kim@example.com", "right")?["name"] == "kim@example.com")
        #expect(await found(everyones, "admin", "right")?["name"] == "admin")
        #expect(await found(everyones, "admin", "wrong") == .null)
        #expect(await found(theirs, "kim@example.com", "right")?["name"] == "kim@example.com")
        #expect(await found(theirs, "admin", "right") == .null)
    }

    @Test("a user's claims are told to gateways that serve the user's tenant")
    func claims() async throws {
        let gateway = try await gateway(of: Self.other)
        let known = await ask(gateway, "/claims", ["user": "u", "tenant": 1])
        #expect(known.json["found"] == ["texts": ["givenname": "Kim 1"], "roles": ["cook"]])
        #expect(await ask(gateway, "/claims", ["user": "nobody", "tenant": 1]).json == ["found": .null])
        let foreign: JSONValue = ["user": "u", "tenant": JSONValue(Tenant.superTenant.id)]
        #expect(await ask(gateway, "/claims", foreign).status == 403)
        #expect(await ask(try await self.gateway(), "/claims", foreign).status == 200)
    }

    @Test("signing keys are fetched again on request")
    func keys() async throws {
        let gateway = try await gateway()
        let known: JSONValue = ["keyManager": "Known", "tenant": JSONValue(GatewayKeyManager.everyTenant)]
        #expect(await ask(gateway, "/keys", known).status == 200)
        #expect(await ask(gateway, "/keys", ["keyManager": "Unknown", "tenant": 1]).status == 404)
    }

    @Test("uses of API keys are noted within the reach of the gateway")
    func uses() async throws {
        #expect(await ask(try await gateway(of: Self.other), "/uses", ["keys": ["a", "b"]]).status == 200)
        #expect(await ask(try await gateway(), "/uses", ["keys": ["c"]]).status == 200)
        #expect(noted.all.map(\.ids) == [["a", "b"], ["c"]])
        #expect(noted.all.map(\.tenants) == [[1], nil])
    }

    @Test(
        "questions without a gateway's token or without sense are refused",
        arguments: ["/introspection", "/sign-in", "/claims", "/keys"])
    func refusals(path: String) async throws {
        for credential in [nil, "Bearer x", "Bearer mgt_AAAA", "Basic YTpi"] {
            #expect(await ask(client.with(authorization: credential), path, [:]).status == 401)
        }
        let gateway = try await gateway()
        for broken: JSONValue in [[:], [1], "x", ["token": 1, "user": 1, "keyManager": 1], ["tenant": "x"]] {
            #expect(await ask(gateway, path, broken).status == 400)
        }
    }
}

/// What the routes noted.
private final class NotedUses: Sendable {
    private let uses = Mutex<[(ids: [String], tenants: Set<Int>?)]>([])

    func add(_ ids: [String], _ tenants: Set<Int>?) { uses.withLock { $0.append((ids, tenants)) } }
    var all: [(ids: [String], tenants: Set<Int>?)] { uses.withLock { $0 } }
}
