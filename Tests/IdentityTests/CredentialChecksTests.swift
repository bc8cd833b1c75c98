import Documents
import Model
import OutgoingHTTP
import Storage
import Testing

@testable import Identity

@Suite("What gateways ask")
struct CredentialChecksTests {
    @Test("opaque tokens of the platform are known in their own tenant, until they end")
    func opaque() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client(type: .opaque)
        let issued = try await fixture.passwordToken(client, scope: "openid")
        let checks = fixture.services.credentialChecks
        let found = try #require(
            try await checks.introspect(
                issued.accessToken, keyManager: GatewayKeyManager.residentName, tenant: Tenant.superTenant.id))
        #expect(found.consumerKey == client.client.consumerKey)
        #expect(found.tokenID == issued.tokenID)
        #expect(found.isOfUser == true)
        #expect(found.userName == "admin@carbon.super")
        #expect(
            try await checks.introspect(issued.accessToken, keyManager: GatewayKeyManager.residentName, tenant: 7) == nil)
        #expect(try await checks.introspect("nothing", keyManager: GatewayKeyManager.residentName, tenant: -1234) == nil)
        #expect(try await checks.introspect(issued.accessToken, keyManager: "Nowhere", tenant: -1234) == nil)
        fixture.clock.advance(seconds: 3_601)
        #expect(
            try await checks.introspect(issued.accessToken, keyManager: GatewayKeyManager.residentName, tenant: -1234) == nil)
    }

    @Test("users come with the scopes that their roles allow")
    func users() async throws {
        let fixture = try await IdentityFixture()
        try await fixture.services.changes.change(fixture.context()) { change in
            for (name, roles) in [("free", []), ("guarded", ["admin"]), ("closed", ["nobody"])] {
                try ScopeRegistry.put(
                    PublishedScope(name: name, displayName: name, description: "", roles: roles), in: change)
            }
        }
        let checks = fixture.services.credentialChecks
        let user = try #require(try await checks.authenticate(user: "admin", password: IdentityFixture.password))
        #expect(user.name == "admin@carbon.super")
        #expect(user.tenant == Tenant.superTenant.id)
        #expect(user.scopes == ["free", "guarded"])
        #expect(try await checks.authenticate(user: "admin", password: "wrong") == nil)
        #expect(try await checks.authenticate(user: "nobody", password: "wrong") == nil)
    }

    @Test("a user's claims are those of the user's own tenant, as they are now")
    func claims() async throws {
        let fixture = try await IdentityFixture()
        let admin = try require(try await fixture.services.users.user(named: "admin", in: .superTenant))
        let checks = fixture.services.credentialChecks
        let before = try #require(try await checks.claims(ofUser: admin.id, tenant: Tenant.superTenant.id))
        #expect(before.texts == ["userid": admin.id, "username": "admin"])
        #expect(before.roles.contains("admin") && before.roles.contains("Internal/everyone"))
        let attributes: JSONValue = [
            "name": ["givenName": "Ada", "familyName": "L", "formatted": "Ada L"], "displayName": "Ada", "title": "",
            "emails": ["a@example.com", ["value": "b@example.com", "primary": true]],
            "phoneNumbers": [["type": "mobile", "value": "1"], ["type": "work", "value": "2"]],
            "addresses": [["country": "NZ", "streetAddress": 7]],
        ]
        _ = try await fixture.services.userAdministration.replace(
            admin.id,
            with: UserDraft(
                username: "admin", password: nil, isLocked: false, attributes: try #require(attributes.object)),
            context: fixture.context())
        let after = try await checks.claims(ofUser: admin.id, tenant: Tenant.superTenant.id)
        #expect(
            after?.texts == [
                "userid": admin.id, "username": "admin", "givenname": "Ada", "lastname": "L", "fullname": "Ada L",
                "displayName": "Ada", "emailaddress": "b@example.com", "mobile": "1", "telephone": "2", "country": "NZ",
            ])
        #expect(try await checks.claims(ofUser: admin.id, tenant: 7) == nil)
        #expect(try await checks.claims(ofUser: "nobody", tenant: Tenant.superTenant.id) == nil)
    }

    @Test("a new password has gateways forget the old one")
    func passwords() async throws {
        let fixture = try await IdentityFixture()
        let admin = try require(try await fixture.services.users.user(named: "admin", in: .superTenant))
        _ = try await fixture.services.userAdministration.replace(
            admin.id,
            with: UserDraft(username: "admin", password: "another password", isLocked: false, attributes: JSONObject()),
            context: fixture.context())
        let rules = try await rules(fixture)
        #expect(rules.map(\.subject) == [.signIn])
        #expect(rules.first?.identifier == admin.id)
        fixture.clock.advance(seconds: 3 * 3_600)
        try await fixture.services.cleaning.removeExpired()
        #expect(try await self.rules(fixture).isEmpty)
    }

    @Test("events of key managers become revocations; tokens without name are kept as hashes")
    func events() async throws {
        let fixture = try await IdentityFixture()
        let revocations = fixture.services.externalRevocations
        try await revocations.accept(
            ["type": "token_revocation", "accessToken": "jti-1", "tokenType": "JWT", "expiryTime": 1], fixture.context())
        try await revocations.accept(["type": "token_revocation", "accessToken": "secret-token"], fixture.context())
        try await revocations.accept(
            ["type": "consumer_app_revocation_event", "consumerKey": "ck", "revocationTime": "12"], fixture.context())
        let entities = try await GatewayEntityReader(fixture.store).snapshot().entities
        let named = entities.compactMap { entity -> String? in
            if case .revocation(let revocation) = entity { return revocation.tokenID }
            return nil
        }
        #expect(named.contains("jti-1"))
        #expect(named.contains { $0.hasPrefix("sha256:") })
        #expect(!named.contains { $0.contains("secret-token") })
        #expect(try await rules(fixture).map(\.identifier) == ["ck"])
        for event in [["type": "nonsense"], ["type": "token_revocation"], ["type": "consumer_app_revocation_event"]]
            as [JSONValue]
        {
            await #expect(throws: CatalogueError.self) { try await revocations.accept(event, fixture.context()) }
        }
    }

    private func rules(_ fixture: IdentityFixture) async throws -> [GatewayRevocationRule] {
        try await GatewayEntityReader(fixture.store).snapshot().entities.compactMap { entity in
            if case .revocationRule(let rule) = entity { return rule }
            return nil
        }
    }
}
