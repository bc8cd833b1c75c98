import Documents
import Model
import Storage
import Testing
import Tokens

@testable import Identity

@Suite("First start")
struct BootstrapTests {
    @Test("a second start changes nothing")
    func repetition() async throws {
        let fixture = try await IdentityFixture()
        let before = try await fixture.snapshot()
        try await fixture.services.bootstrap.prepare(
            administrator: IdentityBootstrap.Administrator(name: "admin", password: "another password"))
        #expect(try await fixture.snapshot() == before)
        #expect(
            try await fixture.principal(IdentityFixture.basic("admin", IdentityFixture.password)).roles.contains("admin"))
    }

    @Test("gateways learn both issuers of every tenant")
    func keyManagers() async throws {
        let fixture = try await IdentityFixture()
        let tenant = try await fixture.tenant("example.com")
        let keys = try await fixture.snapshot().filter { $0.hasPrefix("keyManager") }
        #expect(
            keys == [
                "keyManager -1234/API Key Issuer", "keyManager -1234/Resident Key Manager",
                "keyManager \(tenant.id)/API Key Issuer", "keyManager \(tenant.id)/Resident Key Manager",
            ])
        let text = try await fixture.store.read { connection in
            try connection.first(
                "SELECT value FROM gateway_entity WHERE kind = 'keyManager' AND entity_key = '-1234/Resident Key Manager'"
            )?.text("value")
        }
        let entity = try JSONValue.parse(text ?? "")
        #expect(entity["issuer"] == "https://localhost:9443/oauth2/token")
        let published = try JSONWebKeySet(text: entity["keySet"]?.string ?? "")
        #expect(published.json == (try await fixture.services.discovery.keySet(of: .superTenant)))
    }

    @Test("gateways stop accepting the tokens of a tenant that is switched off or deleted")
    func switchedOff() async throws {
        let fixture = try await IdentityFixture()
        let tenants = fixture.services.tenants
        _ = try await fixture.tenant("example.com")
        let uuid = try await tenants.find(domain: "example.com").uuid
        #expect(try await fixture.enabledKeyManagers() == 4)
        try await tenants.setActive(false, uuid: uuid, context: fixture.context())
        #expect(try await fixture.enabledKeyManagers() == 2)
        try await fixture.services.bootstrap.prepare(administrator: nil)
        #expect(try await fixture.enabledKeyManagers() == 2)
        try await tenants.setActive(true, uuid: uuid, context: fixture.context())
        #expect(try await fixture.enabledKeyManagers() == 4)
        try await tenants.delete(uuid: uuid, context: fixture.context())
        #expect(try await fixture.enabledKeyManagers() == 2)
    }

    @Test("every tenant has the built-in roles and what other capabilities add")
    func steps() async throws {
        let step: TenantPreparation.Step = { change in
            try change.execute(
                "INSERT INTO number_sequence (name, value) VALUES (?, 1) ON CONFLICT (name) DO NOTHING",
                [SQLValue("step of \(change.context.tenant.domain)")])
        }
        let fixture = try await IdentityFixture(steps: [step])
        let tenant = try await fixture.tenant("example.com")
        let names = BuiltInRole.allCases.map(\.rawValue)
        #expect(try await fixture.services.users.unknownRoles(among: names, in: tenant).isEmpty)
        #expect(try await fixture.services.users.unknownRoles(among: ["publisher", "ghost"], in: tenant) == ["ghost"])
        let added = try await fixture.store.read { connection in
            try connection.query("SELECT name FROM number_sequence WHERE name LIKE 'step of %' ORDER BY name")
                .map { try $0.text("name") }
        }
        #expect(added == ["step of carbon.super", "step of example.com"])
    }

    @Test("secrets lie sealed in the database")
    func sealed() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client(type: .opaque)
        let issued = try await fixture.passwordToken(client)
        let stored = try await fixture.store.read { connection in
            try connection.query(
                """
                SELECT secret AS value FROM oauth_client UNION ALL SELECT private_key FROM signing_key
                UNION ALL SELECT sealed_token FROM oauth_token UNION ALL SELECT token_id FROM oauth_token
                UNION ALL SELECT refresh_hash FROM oauth_token UNION ALL SELECT password FROM user_account
                """
            ).map { try $0.text("value") }
        }
        #expect(stored.count == 6)
        let refresh = try require(issued.refreshToken)
        for secret in [client.secret, issued.accessToken, refresh, IdentityFixture.password, "PRIVATE KEY"] {
            #expect(!stored.contains { $0.contains(secret) })
        }
    }

    @Test("resetting lets an administrator in again, and makes one where there is none", arguments: ["admin", "rescue"])
    func reset(_ name: String) async throws {
        let fixture = try await IdentityFixture()
        let issued = try await fixture.passwordToken(try await fixture.client())
        try await fixture.services.administratorReset.resetPassword(of: name, to: "brand new")
        #expect(try await fixture.principal(IdentityFixture.basic(name, "brand new")).roles.contains("admin"))
        #expect(try await fixture.isActive(issued.accessToken) == (name == "rescue"))
        await #expect(throws: CatalogueError.self) {
            try await fixture.services.administratorReset.resetPassword(of: name, to: "")
        }
    }

    @Test("API keys and internal keys say what gateways check, under the alias of their key")
    func apiKeys() async throws {
        let fixture = try await IdentityFixture()
        let endless = try JWT(compact: try await fixture.apiKey().token)
        #expect(endless.header["typ"] == "JWT")
        #expect(endless.keyID == "gateway_certificate_alias")
        #expect(endless.claims["application"] == ["id": 7, "uuid": "app-uuid"])
        #expect(endless["keytype"] == "SANDBOX")
        #expect(endless["token_type"] == "apiKey")
        #expect(endless["permittedIP"] == "10.0.0.0/8")
        #expect(endless.claims["exp"] == nil)
        let limited = try await fixture.apiKey(validitySeconds: 60)
        let now = fixture.clock.source.milliseconds
        let valid = try await fixture.store.read { [services = fixture.services] connection in
            try [now, now + 60_000].map {
                try services.apiKeys.verify(apiKey: limited.token, tenant: .superTenant, nowMilliseconds: $0, connection) != nil
            }
        }
        #expect(valid == [true, false])
        let claims = InternalKeyClaims(
            subject: "admin@carbon.super", keyType: .production, apiName: "Pizza", apiVersion: "1.0.0",
            apiContext: "/pizza/1.0.0", apiProvider: "admin")
        let internalKey = try await fixture.store.read { [services = fixture.services] in
            try services.apiKeys.sign(claims, tenant: .superTenant, nowMilliseconds: now, $0)
        }
        let jwt = try JWT(compact: internalKey.token)
        #expect(jwt["token_type"] == "InternalKey")
        #expect(jwt.claims["subscribedAPIs"]?[0]?["context"] == "/pizza/1.0.0")
        #expect(jwt.claims["exp"]?.int == Int(now / 1000) + 60_000)
    }
}

extension IdentityFixture {
    /// How many issuers gateways were told to accept.
    func enabledKeyManagers() async throws -> Int {
        try await store.read { connection in
            try connection.query("SELECT value FROM gateway_entity WHERE kind = 'keyManager'")
                .filter { try JSONValue.parse(try $0.text("value"))["enabled"] == true }.count
        }
    }

    /// Users, roles, keys and what gateways know, as lines.
    func snapshot() async throws -> [String] {
        try await store.read { connection in
            try connection.query(
                """
                SELECT kind || ' ' || entity_key AS line FROM gateway_entity
                UNION ALL SELECT 'role ' || tenant_id || name FROM role
                UNION ALL SELECT 'user ' || id || password FROM user_account
                UNION ALL SELECT 'key ' || certificate FROM signing_key ORDER BY line
                """
            ).map { try $0.text("line") }
        }
    }
}
