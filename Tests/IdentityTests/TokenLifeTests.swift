import Documents
import Foundation
import Model
import Storage
import Testing

@testable import Identity

@Suite("Life of a token")
struct TokenLifeTests {
    @Test("a revoked token is refused at once and published to the gateways")
    func revocation() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.passwordToken(client)
        #expect(try await fixture.isActive(issued.accessToken))
        let deliveries = fixture.delivery.sequences.count
        let outcome = try await fixture.services.revocationEndpoint.revoke(
            fixture.request(["token": issued.accessToken], client: client))
        #expect(outcome?.accessToken == issued.tokenID)
        #expect(outcome?.authorizedUser == "admin@carbon.super")
        #expect(fixture.delivery.sequences.count == deliveries + 1)
        #expect(try await !fixture.isActive(issued.accessToken))
        #expect(try await fixture.publishedRevocations() == [issued.tokenID])
        await #expect(throws: CatalogueError.invalidAccessToken) {
            try await fixture.services.authenticator.principal(
                authorization: "Bearer \(issued.accessToken)", tenantDomain: nil)
        }
        let again = try await fixture.services.revocationEndpoint.revoke(
            fixture.request(["token": issued.accessToken], client: client))
        #expect(again == nil)
    }

    @Test("revoking a refresh token ends its access token")
    func refreshRevocation() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.passwordToken(client)
        let refresh = try require(issued.refreshToken)
        let outcome = try await fixture.services.revocationEndpoint.revoke(
            fixture.request(["token": refresh], client: client))
        #expect(outcome?.refreshToken == refresh)
        #expect(try await !fixture.isActive(issued.accessToken))
        await #expect(throws: OAuthError.inactiveRefreshToken) { try await fixture.refresh(refresh, client) }
    }

    @Test("a client cannot revoke the token of another")
    func foreignRevocation() async throws {
        let fixture = try await IdentityFixture()
        let issued = try await fixture.passwordToken(try await fixture.client())
        let other = try await fixture.client("other")
        await #expect(throws: OAuthError.tokenOfAnotherClient) {
            try await fixture.services.revocationEndpoint.revoke(
                fixture.request(["token": issued.accessToken], client: other))
        }
        #expect(try await fixture.isActive(issued.accessToken))
    }

    @Test("an unknown token is no error; a missing one and doubled credentials are")
    func revocationRequests() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let endpoint = fixture.services.revocationEndpoint
        #expect(try await endpoint.revoke(fixture.request(["token": "nothing"], client: client)) == nil)
        await #expect(throws: OAuthError.invalidRevocation) { try await endpoint.revoke(fixture.request([:], client: client)) }
        await #expect(throws: OAuthError.invalidRevocation) {
            try await endpoint.revoke(fixture.request(["token": "x", "client_secret": "y"], client: client))
        }
    }

    @Test("a refresh gives a new pair and ends the old one")
    func rotation() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let first = try await fixture.passwordToken(client, scope: "apim:api_view apim:subscribe")
        let refresh = try require(first.refreshToken)
        let second = try await fixture.refresh(refresh, client)
        #expect(second.refreshToken != refresh)
        #expect(Set(second.scopes) == Set(first.scopes))
        #expect(try await !fixture.isActive(first.accessToken))
        #expect(try await fixture.isActive(second.accessToken))
        await #expect(throws: OAuthError.inactiveRefreshToken) { try await fixture.refresh(refresh, client) }
    }

    @Test("a refresh may narrow the scopes and never widen them")
    func refreshScopes() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let first = try await fixture.passwordToken(client, scope: "apim:api_view apim:subscribe")
        let narrowed = try await fixture.refresh(try require(first.refreshToken), client, scope: "apim:api_view")
        #expect(narrowed.scopes == ["apim:api_view"])
        await #expect(throws: OAuthError.invalidScope) {
            try await fixture.refresh(try require(narrowed.refreshToken), client, scope: "apim:subscribe")
        }
    }

    @Test("a refresh token ends with its time and belongs to its client")
    func refreshLimits() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let refresh = try require(try await fixture.passwordToken(client).refreshToken)
        let other = try await fixture.client("other")
        await #expect(throws: OAuthError.unknownRefreshToken) { try await fixture.refresh(refresh, other) }
        fixture.clock.advance(seconds: 86_400)
        await #expect(throws: OAuthError.expiredRefreshToken) { try await fixture.refresh(refresh, client) }
    }

    @Test("a new JWT for the same client, user and scopes ends the previous one")
    func renewal() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let first = try await fixture.passwordToken(client, scope: "openid apim:api_view")
        let other = try await fixture.passwordToken(client, scope: "device_1")
        let second = try await fixture.passwordToken(client, scope: "apim:api_view openid")
        #expect(try await !fixture.isActive(first.accessToken))
        #expect(try await fixture.isActive(other.accessToken))
        #expect(try await fixture.isActive(second.accessToken))
    }

    @Test("an opaque token is handed out again while it is valid")
    func opaqueReuse() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client(type: .opaque)
        let first = try await fixture.passwordToken(client)
        fixture.clock.advance(seconds: 600)
        let second = try await fixture.passwordToken(client)
        #expect(second.accessToken == first.accessToken)
        #expect(second.expiresIn == 3000)
        #expect(try await fixture.isActive(first.accessToken))
        fixture.clock.advance(seconds: 3001)
        #expect(try await !fixture.isActive(first.accessToken))
        #expect(try await fixture.passwordToken(client).accessToken != first.accessToken)
    }

    @Test("tokens that have run out are forgotten together with their revocations")
    func cleaning() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        _ = try await fixture.passwordToken(client)
        let second = try await fixture.passwordToken(client)
        #expect(try await fixture.publishedRevocations().count == 1)
        fixture.clock.advance(seconds: 3601)
        // A gateway whose clock is behind may still take the token for valid.
        #expect(try await fixture.services.cleaning.removeExpired() == 0)
        #expect(try await fixture.publishedRevocations().count == 1)
        fixture.clock.advance(seconds: 3600)
        #expect(try await fixture.services.cleaning.removeExpired() == 1)
        #expect(try await fixture.publishedRevocations().isEmpty)
        #expect(try await fixture.refresh(try require(second.refreshToken), client).expiresIn == 3600)
    }

    @Test("a new secret ends the old one and all tokens")
    func newSecret() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.passwordToken(client)
        let secret = try await fixture.services.changes.change(fixture.context()) { [services = fixture.services] in
            try services.clients.regenerateSecret(of: client.client, in: $0)
        }
        #expect(try await !fixture.isActive(issued.accessToken))
        await #expect(throws: OAuthError.clientAuthenticationFailed) { try await fixture.passwordToken(client) }
        let renewed = OAuthClientCredentials(client: client.client, secret: secret)
        #expect(try await fixture.isActive(try await fixture.passwordToken(renewed).accessToken))
    }
}

extension IdentityFixture {
    func isActive(_ token: String) async throws -> Bool {
        try await services.introspection.introspect(token, nowMilliseconds: clock.source.milliseconds)["active"] == true
    }

    func refresh(_ token: String, _ client: OAuthClientCredentials, scope: String = "") async throws -> IssuedToken {
        try await services.tokenEndpoint.token(
            request(["grant_type": "refresh_token", "refresh_token": token, "scope": scope], client: client))
    }

    /// Ids of the tokens that gateways were told to refuse.
    func publishedRevocations() async throws -> [String] {
        try await store.read { connection in
            try connection.query("SELECT entity_key FROM gateway_entity WHERE kind = 'revocation' ORDER BY entity_key")
                .map { try $0.text("entity_key") }
        }
    }
}
