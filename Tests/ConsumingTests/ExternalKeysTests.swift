import Documents
import Identity
import Model
import Testing

@testable import Consuming

@Suite("Keys of key managers of others")
struct ExternalKeysTests {
    private func keyManager(
        _ fixture: ConsumingFixture, _ name: String = "Keycloak", type: String = "KeyCloak", tenant: Tenant = .superTenant,
        change: (inout KeyManager) -> Void = { _ in }
    ) async throws -> KeyManager {
        var manager = KeyManager(
            id: "", tenant: tenant, name: name, displayName: name, type: type, description: "", isEnabled: true,
            tokenType: .direct,
            endpoints: [
                "client_registration_endpoint": "https://kc/register", "token_endpoint": "https://kc/token",
                "introspection_endpoint": "https://kc/introspect", "revoke_endpoint": "https://kc/revoke",
            ], issuer: "https://kc", alias: "", certificates: nil, grantTypes: ["client_credentials"],
            abilities: KeyManager.Abilities(), consumerKeyClaim: "", scopesClaim: "", claimMappings: [], tokenRules: [],
            properties: JSONObject(strings: ["client_id": "martlet", "client_secret": "s3cr3t"]), secrets: [:],
            permission: .init(),
            organizations: ["ALL"], version: 0)
        change(&manager)
        return try await fixture.keyManagers.create(manager, ConsumingFixture.context(tenant))
    }

    private func request(_ manager: String = "Keycloak", callback: String = "https://shop/a,https://shop/b") -> KeyRequest {
        KeyRequest(
            keyType: .production, keyManager: manager, grantTypes: ["client_credentials", "authorization_code"],
            callback: callback, properties: JSONObject(strings: ["subject_type": "public", "unknown": "x"]))
    }

    @Test("keys are made at the key manager, kept sealed, and known to gateways")
    func generate() async throws {
        let fixture = try await ConsumingFixture()
        let manager = try await keyManager(fixture)
        let application = try await fixture.application()
        let key = try await fixture.keys.generate(
            request(manager.id), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        #expect(key.mapping.keyManager == "Keycloak")
        #expect(key.secret == "secret-of-\(key.mapping.consumerKey)")
        #expect(key.token?.accessToken == "token-of-the-server")
        let sent = try #require(
            fixture.server.state.withLock { $0.requests.first { $0.method == "POST" && $0.url.hasSuffix("/register") } })
        let metadata = try JSONValue.parse(sent.body)
        #expect(metadata["redirect_uris"] == ["https://shop/a", "https://shop/b"])
        #expect(metadata["subject_type"] == "public")
        #expect(metadata["unknown"] == nil)
        let mappings = try await fixture.entities(.keyMapping)
        #expect(mappings.map(\.key) == ["-1234/Keycloak/\(key.mapping.consumerKey)"])
        let listed = try await fixture.keys.list(application: application.id, principal: fixture.admin)
        #expect(listed.first?.secret == key.secret)
        #expect(listed.first?.callback == "https://shop/a,https://shop/b")
        let stored = try await fixture.store.read {
            try $0.query("SELECT document, secrets FROM external_client").map { try $0.text("document") + $0.text("secrets") }
        }
        #expect(!stored.joined().contains("secret-of"))
    }

    @Test("an application has keys of several key managers beside each other")
    func several() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture)
        let application = try await fixture.application()
        for name in ["Keycloak", GatewayKeyManager.residentName] {
            _ = try await fixture.keys.generate(
                request(name), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        let refused = try await refusal {
            _ = try await fixture.keys.generate(
                request(), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(refused == .keyMappingExists)
        #expect(try await fixture.keys.list(application: application.id, principal: fixture.admin).count == 2)
    }

    @Test("keys are changed and deleted where they were made")
    func life() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture)
        let application = try await fixture.application()
        let key = try await fixture.keys.generate(
            request(), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        let reference = KeyReference.id(key.mapping.id)
        let updated = try await fixture.keys.update(
            reference, to: request(callback: "https://shop/c"), application: application.id, principal: fixture.admin,
            ConsumingFixture.context())
        #expect(updated.callback == "https://shop/c")
        let put = try #require(fixture.server.state.withLock { $0.requests.last })
        #expect(put.method == "PUT")
        #expect(put.headers.contains { $0 == ("Authorization", "Bearer own-token") })
        let token = try await fixture.keys.token(
            .init(scopes: [], validitySeconds: nil, consumerSecret: nil), reference, application: application.id,
            principal: fixture.admin, ConsumingFixture.context())
        #expect(token.accessToken == "token-of-the-server")
        let regenerated = try await refusal {
            _ = try await fixture.keys.regenerateSecret(
                reference, application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(regenerated?.code == 901405)
        try await fixture.keys.delete(
            reference, application: application.id, principal: fixture.admin, ConsumingFixture.context())
        #expect(fixture.server.state.withLock { $0.clients.keys.sorted() } == ["existing"])
        #expect(try await fixture.count("external_client") == 0)
    }

    @Test("a deleted application takes its clients along, but not those that were mapped")
    func application() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture)
        _ = try await keyManager(fixture, "Second")
        let application = try await fixture.application()
        _ = try await fixture.keys.generate(
            request(), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        _ = try await fixture.keys.map(
            consumerKey: "existing", secret: "existing-secret", keyType: .sandbox, keyManager: "Second",
            application: application.id, principal: fixture.admin, ConsumingFixture.context())
        try await fixture.applications.delete(
            id: application.id, principal: fixture.admin, ConsumingFixture.context())
        #expect(fixture.server.state.withLock { $0.clients.keys.sorted() } == ["existing"])
        #expect(try await fixture.count("external_client") == 0)
    }

    @Test("an existing client is mapped with the right secret only, and to one application")
    func map() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture)
        let application = try await fixture.application()
        let wrong = try await refusal {
            _ = try await fixture.keys.map(
                consumerKey: "existing", secret: "guess", keyType: .production, keyManager: "Keycloak",
                application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(wrong == .wrongConsumerSecret("existing"))
        _ = try await fixture.keys.map(
            consumerKey: "existing", secret: "existing-secret", keyType: .production, keyManager: "Keycloak",
            application: application.id, principal: fixture.admin, ConsumingFixture.context())
        let other = try await fixture.application("Other")
        let taken = try await refusal {
            _ = try await fixture.keys.map(
                consumerKey: "existing", secret: "existing-secret", keyType: .production, keyManager: "Keycloak",
                application: other.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(taken == .keyMappingExists)
    }

    @Test("keys of a server that cannot be called are mapped unseen")
    func outOfBand() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture, "Custom", type: "CustomKeyManager") { $0.endpoints = [:] }
        let application = try await fixture.application()
        let refused = try await refusal {
            _ = try await fixture.keys.generate(
                request("Custom"), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(refused?.code == 901413)
        let empty = try await refusal {
            _ = try await fixture.keys.map(
                consumerKey: "", secret: "", keyType: .production, keyManager: "Custom", application: application.id,
                principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(empty?.code == 901414)
        let key = try await fixture.keys.map(
            consumerKey: "from-elsewhere", secret: "", keyType: .production, keyManager: "Custom",
            application: application.id, principal: fixture.admin, ConsumingFixture.context())
        #expect(key.mapping.mode == .mapped)
    }

    @Test("what a key manager forbids is refused with its reason")
    func refusals() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture, "Off") { $0.isEnabled = false }
        _ = try await keyManager(fixture, "Exchange") { $0.tokenType = .exchanged }
        _ = try await keyManager(fixture, "Partners") { $0.permission = .init(kind: .allow, roles: ["partner"]) }
        _ = try await keyManager(fixture, "Trial") { $0.permission = .init(kind: .deny, roles: ["subscriber"]) }
        _ = try await keyManager(fixture, "NoKeys") { $0.abilities.createsClients = false }
        let application = try await fixture.application()
        for (name, code) in [
            ("Off", 901403), ("Nowhere", 901403), ("Exchange", 901405), ("Partners", 902013), ("Trial", 902013),
            ("NoKeys", 901405),
        ] {
            let refused = try await refusal {
                _ = try await fixture.keys.generate(
                    request(name), application: application.id, principal: fixture.admin, ConsumingFixture.context())
            }
            #expect(refused?.code == code, "\(name)")
        }
    }

    @Test("a server that fails leaves nothing behind", arguments: [(400, 902003), (500, 902004)])
    func failure(_ status: Int, _ code: Int) async throws {
        let fixture = try await ConsumingFixture()
        _ = try await keyManager(fixture)
        let application = try await fixture.application()
        fixture.server.state.withLock { $0.failure = status }
        let refused = try await refusal {
            _ = try await fixture.keys.generate(
                request(), application: application.id, principal: fixture.admin, ConsumingFixture.context())
        }
        #expect(refused?.code == code)
        #expect(refused?.description.contains("no luck") == true)
        #expect(try await fixture.count("application_key") == 0)
    }

    @Test("another tenant's key manager is none")
    func tenancy() async throws {
        let fixture = try await ConsumingFixture()
        let foreign = try await keyManager(fixture, "Foreign", tenant: ConsumingFixture.otherTenant)
        let application = try await fixture.application()
        for reference in ["Foreign", foreign.id] {
            let refused = try await refusal {
                _ = try await fixture.keys.generate(
                    request(reference), application: application.id, principal: fixture.admin, ConsumingFixture.context())
            }
            #expect(refused?.code == 901403)
        }
    }
}
