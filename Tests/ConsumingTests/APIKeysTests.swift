import Documents
import Model
import Storage
import Testing
import Tokens

@testable import Consuming

@Suite("API keys")
struct APIKeysTests {
    private let context = ConsumingFixture.context()

    private func generate(
        _ fixture: ConsumingFixture, _ application: Application, seconds: Int = 0, addresses: String? = nil
    ) async throws -> SignedKey {
        try await fixture.apiKeys.generate(
            .sandbox, validitySeconds: seconds, permittedIP: addresses, permittedReferer: nil,
            application: application.id, principal: fixture.admin, context)
    }

    @Test("a key names its application and expires when asked to", arguments: [(0, nil), (-1, nil), (60, 60)] as [(Int, Int?)])
    func generate(seconds: Int, lifetime: Int?) async throws {
        let fixture = try await ConsumingFixture()
        let application = try await fixture.application()
        let key = try await generate(fixture, application, seconds: seconds, addresses: "10.0.0.0/8")
        let claims = try JWT(compact: key.token).claims
        #expect(claims["application"]?["uuid"]?.string == application.id)
        #expect(claims["application"]?["id"]?.int == application.number)
        #expect(claims["keytype"]?.string == "SANDBOX")
        #expect(claims["sub"]?.string == "admin@carbon.super")
        #expect(claims["permittedIP"]?.string == "10.0.0.0/8")
        #expect(claims["exp"]?.int == lifetime.map { Int(ConsumingFixture.now / 1000) + $0 })
    }

    @Test("a revoked key is told to the gateways until it expires by itself")
    func revoke() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await fixture.application()
        let key = try await generate(fixture, application, seconds: 60)
        let lasting = try await generate(fixture, application)
        for token in [key, lasting] {
            try await fixture.apiKeys.revoke(
                token.token, application: application.id, principal: fixture.admin, context)
        }
        let known = try await fixture.entities(.revocation)
        let expected = [(key.tokenID, ConsumingFixture.now + 60_000), (lasting.tokenID, Int64.max)].map {
            GatewayEntity.revocation(
                GatewayRevocation(tenant: Tenant.superTenant.id, tokenID: $0.0, expiresMilliseconds: $0.1))
        }
        #expect(Set(known) == Set(expected))
    }

    @Test("only a key of the application can be revoked")
    func foreignKeys() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await fixture.application("One")
        let other = try await fixture.application("Two")
        let key = try await generate(fixture, application)
        let token = key.token
        let forged = token.dropLast(8) + "AAAAAAAA"
        let oauth = try await fixture.keys.generate(
            KeyRequest(
                keyType: .production, keyManager: GatewayKeyManager.residentName, grantTypes: ["client_credentials"]),
            application: other.id, principal: fixture.admin, context)
        let access = try #require(oauth.token?.accessToken)
        for bad in [token, String(forged), access, "", "a.b.c", "..", String(repeating: "x", count: 10_000)] {
            let error = try await refusal {
                try await fixture.apiKeys.revoke(bad, application: other.id, principal: fixture.admin, context)
            }
            #expect(error?.status == 400)
        }
        let stranger = try await refusal {
            try await fixture.apiKeys.revoke(
                token, application: application.id, principal: ConsumingFixture.user("kim"), context)
        }
        #expect(stranger?.status == 403)
        #expect(try await fixture.entities(.revocation).isEmpty)
    }

    @Test(
        "restrictions are addresses, ranges and patterns",
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("10.0.0.0/8, ::1", "10.0.0.0/8,::1"), ("2001:db8::/32", "2001:db8::/32"), ("", nil),
        ] as [(String, String?)])
    func restrictions(text: String, kept: String?) throws {
        let restrictions = try APIKeyRestrictions(
            properties: ["permittedIP": JSONValue(text), "permittedReferer": "*.example.com/*"])
        #expect(restrictions.addresses == kept)
        #expect(restrictions.referrers == "*.example.com/*")
    }

    @Test(
        "what is no address is refused",
        arguments: ["10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "host", "1/2/3", "/"])
    func badAddresses(text: String) async throws {
        let error = try await refusal { _ = try APIKeyRestrictions(properties: ["permittedIP": JSONValue(text)]) }
        #expect(error?.status == 400)
    }
}
