import Logging
import Model
import Storage
import Testing

@testable import Operating

@Suite("Gateway tokens")
struct GatewayTokensTests {
    @Test("a token is recognised until it is revoked, and its text is nowhere in the database")
    func lifeCycle() async throws {
        let fixture = try await GatewayFixture()
        let (token, text) = try await fixture.tokens.create(
            name: "edge", environments: ["Default"], tenants: [], OperatingFixture.context())
        #expect(try await fixture.tokens.verify(text) == token)
        #expect(try await fixture.tokens.list(tenant: .superTenant) == [token])
        #expect(try await fixture.tokens.list(tenant: OperatingFixture.other).isEmpty)
        let secret = try #require(text.split(separator: ".").last)
        let stored = try await fixture.store.read { try $0.query("SELECT hash FROM gateway_token") }
        #expect(try stored.allSatisfy { try !$0.text("hash").contains(secret) })

        await #expect(throws: CatalogueError.gatewayTokenNotFound(token.id)) {
            try await fixture.tokens.revoke(id: token.id, OperatingFixture.context(OperatingFixture.other))
        }
        try await fixture.tokens.revoke(id: token.id, OperatingFixture.context())
        await #expect(throws: CatalogueError.gatewayTokenInvalid) { _ = try await fixture.tokens.verify(text) }
        #expect(try await fixture.tokens.existing([token.id]).isEmpty)
    }

    @Test(
        "anything but a token is refused",
        arguments: ["", "mgt_", "mgt_x", "mgt_.", "mgt_a.", "mgt_.b", "mgt_a.b.c", "xyz_a.b", "mgt_a. b", "mgt_ä.b"])
    func malformed(text: String) async throws {
        let fixture = try await GatewayFixture()
        await #expect(throws: CatalogueError.gatewayTokenInvalid) { _ = try await fixture.tokens.verify(text) }
    }

    @Test("the secret of one token does not open another")
    func foreignSecret() async throws {
        let fixture = try await GatewayFixture()
        let (first, _) = try await fixture.tokens.create(
            name: "a", environments: [], tenants: [], OperatingFixture.context())
        let (_, text) = try await fixture.tokens.create(name: "b", environments: [], tenants: [], OperatingFixture.context())
        let secret = try #require(text.split(separator: ".").last)
        await #expect(throws: CatalogueError.gatewayTokenInvalid) {
            _ = try await fixture.tokens.verify("mgt_\(first.id).\(secret)")
        }
    }

    @Test("names are unique in a tenant without regard to case, and only the super tenant names other tenants")
    func rules() async throws {
        let fixture = try await GatewayFixture()
        let other = OperatingFixture.context(OperatingFixture.other)
        _ = try await fixture.tokens.create(name: "edge", environments: [], tenants: [], OperatingFixture.context())
        let own = try await fixture.tokens.create(name: "edge", environments: [], tenants: [], other).token
        #expect(own.tenants == ["example.com"])
        await #expect(throws: CatalogueError.gatewayTokenExists("EDGE")) {
            _ = try await fixture.tokens.create(name: "EDGE", environments: [], tenants: [], OperatingFixture.context())
        }
        for domain in ["carbon.super", "nobody.example"] {
            await #expect(throws: CatalogueError.tenantNotFound(domain)) {
                _ = try await fixture.tokens.create(name: "x", environments: [], tenants: [domain], other)
            }
        }
    }
}

/// Gateways over a database in memory.
struct GatewayFixture {
    let store: any SQLStore
    let changes: ChangeStore
    let tokens: GatewayTokens
    let instances: GatewayInstances
    let time = SettableTime()

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(GatewayMigrations.all).migrate(store, time: .system)
        changes = ChangeStore(store: store, delivery: NoDelivery())
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        tokens = GatewayTokens(changes: changes, vault: vault, random: .system) { domain in
            OperatingFixture.tenants.first { $0.domain == domain }
        }
        instances = GatewayInstances(changes: changes)
    }

    func gateways(patience: Duration, isShared: Bool = false) -> RemoteGateways {
        RemoteGateways(
            instances: instances, tokens: tokens, settings: .init(patience: patience, isShared: isShared), time: time.source,
            logger: Logger(label: "test"))
    }

    func instance(
        _ id: String, owner: Tenant = .superTenant, environments: [String] = ["Default"], tenants: [String] = [],
        acknowledged: Int64 = 0
    ) -> GatewayInstance {
        GatewayInstance(
            id: id, owner: owner, token: "edge", environments: environments, tenants: tenants, host: "h", version: "1",
            startedMilliseconds: time.now, activeMilliseconds: time.now, isConnected: true, acknowledged: acknowledged)
    }
}
