import Documents
import Model
import Storage
import Testing
import Tokens

@testable import Consuming

@Suite("Keys of applications")
struct ApplicationKeysTests {
    private let context = ConsumingFixture.context()

    private func request(
        _ type: KeyType = .production, grants: [String] = ["client_credentials", "password"], callback: String = "",
        keyManager: String = GatewayKeyManager.residentName
    ) -> KeyRequest {
        KeyRequest(keyType: type, keyManager: keyManager, grantTypes: grants, callback: callback)
    }

    @Test("generated keys come with a client, a token, and are known to gateways")
    func generate() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await fixture.application()
        let key = try await fixture.keys.generate(
            request(), application: application.id, principal: fixture.admin, context)
        let client = try #require(key.credentials?.client)
        #expect(client.name == "admin_\(application.id)_PRODUCTION")
        #expect(client.ownerName == "admin")
        #expect(client.grantTypes == ["client_credentials", "password"])
        #expect(key.mapping.mode == .created)
        #expect(key.mapping.keyManager == "Resident Key Manager")
        let claims = try JWT(compact: try #require(key.token).accessToken).claims
        #expect(claims["azp"]?.string == client.consumerKey)
        #expect(claims["aut"]?.string == "APPLICATION")
        #expect(try await fixture.entities(.keyMapping) == [.keyMapping(GatewayKeyMapping(key.mapping))])
        let found = try await fixture.keys.find(
            .id(key.mapping.id), application: application.id, principal: fixture.admin)
        #expect(found.credentials == key.credentials)
        #expect(found.token == nil)
    }

    @Test("keys without client credentials come without a token")
    func withoutToken() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let key = try await fixture.keys.generate(
            request(grants: ["password"]), application: id, principal: fixture.admin, context)
        #expect(key.token == nil)
        let error = try await refusal {
            _ = try await fixture.keys.token(
                ApplicationTokenRequest(scopes: [], validitySeconds: nil, consumerSecret: nil), .type(.production),
                application: id, principal: fixture.admin, context)
        }
        #expect(error?.code == 900965)
        #expect(error?.status == 400)
    }

    @Test("each key type has one pair of keys")
    func oncePerType() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        _ = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        let error = try await refusal {
            _ = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        }
        #expect(error?.code == 901409)
        #expect(error?.status == 409)
        _ = try await fixture.keys.generate(request(.sandbox), application: id, principal: fixture.admin, context)
        let types = try await fixture.keys.list(application: id, principal: fixture.admin).map(\.mapping.keyType)
        #expect(Set(types) == [.production, .sandbox])
    }

    @Test(
        "what cannot be made is refused",
        arguments: [
            (["client_credentials"], "", "Other Key Manager", 901403), (["authorization_code"], "", "", 400),
            (["implicit"], "  ", "", 400), (["client credentials"], "", "", 400), ([""], "", "", 400),
        ])
    func badRequests(grants: [String], callback: String, keyManager: String, code: Int) async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let manager = keyManager.isEmpty ? GatewayKeyManager.residentName : keyManager
        let error = try await refusal {
            _ = try await fixture.keys.generate(
                request(grants: grants, callback: callback, keyManager: manager), application: id,
                principal: fixture.admin, context)
        }
        #expect(error?.code == code)
        #expect(error?.status == 400)
        #expect(try await fixture.count("oauth_client") == 0)
    }

    @Test("an application that is not approved gets no keys")
    func unapproved() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        try await fixture.store.write { try $0.execute("UPDATE application SET status = 'REJECTED'", []) }
        let keys = try await refusal {
            _ = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        }
        let apiKey = try await refusal {
            _ = try await fixture.apiKeys.generate(
                .production, validitySeconds: 0, permittedIP: nil, permittedReferer: nil, application: id,
                principal: fixture.admin, context)
        }
        #expect(keys?.code == 900309)
        #expect(apiKey?.code == 900309)
    }

    @Test("a new secret ends the old one and every token")
    func regenerate() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let key = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        let fresh = try await fixture.keys.regenerateSecret(
            .id(key.mapping.id), application: id, principal: fixture.admin, context)
        #expect(fresh.client.consumerKey == key.mapping.consumerKey)
        #expect(fresh.secret != key.credentials?.secret)
        #expect(try await fixture.entities(.revocation).map(\.key) == [key.token?.tokenID])
        let shown = try await fixture.keys.find(.type(.production), application: id, principal: fixture.admin)
        #expect(shown.credentials?.secret == fresh.secret)
    }

    @Test("an update replaces grants, callbacks and properties")
    func update() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        _ = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        var wanted = request(grants: ["authorization_code"], callback: "https://a.example/cb, https://b.example/cb")
        wanted.attributes = OAuthClientAttributes(userTokenSeconds: 60, requiresPKCE: true)
        let updated = try await fixture.keys.update(
            .type(.production), to: wanted, application: id, principal: fixture.admin, context)
        let found = try await fixture.keys.find(.type(.production), application: id, principal: fixture.admin)
        #expect(found.credentials == updated.credentials)
        #expect(found.credentials?.client.grantTypes == ["authorization_code"])
        #expect(found.credentials?.client.callback == "regexp=(https://a.example/cb|https://b.example/cb)")
        #expect(found.callback == "https://a.example/cb,https://b.example/cb")
        #expect(found.credentials?.client.attributes.userTokenSeconds == 60)
    }

    @Test("clean-up keeps the client, deletion deletes it")
    func forget() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let key = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        for _ in 0..<2 {
            try await fixture.keys.cleanUp(.type(.production), application: id, principal: fixture.admin, context)
        }
        #expect(try await fixture.entities(.keyMapping).isEmpty)
        #expect(try await fixture.count("oauth_client") == 1)
        let credentials = try #require(key.credentials)
        let mapped = try await fixture.keys.map(
            consumerKey: credentials.client.consumerKey, secret: credentials.secret, keyType: .production,
            keyManager: GatewayKeyManager.residentName, application: id, principal: fixture.admin, context)
        #expect(mapped.mapping.mode == .mapped)
        try await fixture.keys.delete(.id(mapped.mapping.id), application: id, principal: fixture.admin, context)
        #expect(try await fixture.count("oauth_client") == 1)
        let sandbox = try await fixture.keys.generate(
            request(.sandbox), application: id, principal: fixture.admin, context)
        try await fixture.keys.delete(.id(sandbox.mapping.id), application: id, principal: fixture.admin, context)
        #expect(try await fixture.count("oauth_client") == 1)
        #expect(try await fixture.count("application_key") == 0)
    }

    @Test("an existing client is bound once, by its secret")
    func map() async throws {
        let fixture = try await ConsumingFixture()
        let first = try await fixture.application("One").id
        let second = try await fixture.application("Two").id
        let key = try await fixture.keys.generate(request(), application: first, principal: fixture.admin, context)
        let credentials = try #require(key.credentials)
        func map(_ secret: String, key: String? = nil) async throws {
            _ = try await fixture.keys.map(
                consumerKey: key ?? credentials.client.consumerKey, secret: secret, keyType: .production,
                keyManager: GatewayKeyManager.residentName, application: second, principal: fixture.admin, context)
        }
        #expect(try await refusal { try await map(credentials.secret) }?.code == 901409)
        try await fixture.keys.cleanUp(.type(.production), application: first, principal: fixture.admin, context)
        #expect(try await refusal { try await map("wrong") }?.status == 400)
        #expect(try await refusal { try await map(credentials.secret, key: "unknown") }?.status == 400)
        try await map(credentials.secret)
        #expect(try await fixture.entities(.keyMapping).count == 1)
    }

    @Test("a token of the application lives as long as asked for")
    func token() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let key = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        func token(_ seconds: Int?, secret: String? = nil) async throws -> IssuedToken {
            try await fixture.keys.token(
                ApplicationTokenRequest(scopes: ["default"], validitySeconds: seconds, consumerSecret: secret),
                .id(key.mapping.id), application: id, principal: fixture.admin, context)
        }
        #expect(try await token(nil).expiresIn == 3600)
        #expect(try await token(60, secret: key.credentials?.secret).expiresIn == 60)
        #expect(try await token(-1).expiresIn == IssuedToken.neverExpires)
        #expect(try await refusal { _ = try await token(60, secret: "wrong") }?.code == 900965)
    }

    @Test("another user may not see or touch keys, another tenant does not find them")
    func foreign() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let key = try await fixture.keys.generate(request(), application: id, principal: fixture.admin, context)
        let reference = KeyReference.id(key.mapping.id)
        for (user, status) in [
            (ConsumingFixture.user("kim"), 403),
            (ConsumingFixture.user("admin", tenant: ConsumingFixture.otherTenant), 404),
        ] {
            let context = ConsumingFixture.context(user.tenant)
            let token = ApplicationTokenRequest(scopes: [], validitySeconds: nil, consumerSecret: nil)
            let attempts: [() async throws -> Void] = [
                { _ = try await fixture.keys.list(application: id, principal: user) },
                { _ = try await fixture.keys.find(reference, application: id, principal: user) },
                { _ = try await fixture.keys.generate(request(.sandbox), application: id, principal: user, context) },
                { _ = try await fixture.keys.regenerateSecret(reference, application: id, principal: user, context) },
                { _ = try await fixture.keys.token(token, reference, application: id, principal: user, context) },
                { try await fixture.keys.cleanUp(reference, application: id, principal: user, context) },
                { try await fixture.keys.delete(reference, application: id, principal: user, context) },
            ]
            for attempt in attempts { #expect(try await refusal(attempt)?.status == status) }
        }
        let own = try await fixture.application("Other").id
        let error = try await refusal {
            _ = try await fixture.keys.find(reference, application: own, principal: fixture.admin)
        }
        #expect(error?.code == 900331)
    }

    @Test(
        "lifetimes are seconds or N/A",
        arguments: [
            ("60", 60), ("N/A", nil), ("", nil), ("0", 0),
        ] as [(String, Int?)])
    func lifetimes(text: String, seconds: Int?) throws {
        let attributes = try ClientProperties.attributes(["user_access_token_expiry_time": JSONValue(text)])
        #expect(attributes.userTokenSeconds == seconds)
        let written = try JSONValue.parse(ClientProperties.json(attributes).serialized())
        #expect(try ClientProperties.attributes(JSONValue(written.text)) == attributes)
    }

    @Test(
        "properties out of range are refused",
        arguments: [
            ["user_access_token_expiry_time": "-1"], ["refresh_token_expiry_time": "soon"], ["id_token_expiry_time": -5],
            ["application_access_token_expiry_time": "1e400"], ["pkceMandatory": "maybe"], "not an object", "[1]",
        ] as [JSONValue])
    func badProperties(properties: JSONValue) async throws {
        #expect(try await refusal { _ = try ClientProperties.attributes(properties) }?.code == 901410)
    }
}
