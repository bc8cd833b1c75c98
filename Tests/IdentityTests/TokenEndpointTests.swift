import Documents
import Foundation
import Model
import Storage
import Testing
import Tokens

@testable import Identity

@Suite("Token endpoint")
struct TokenEndpointTests {
    @Test("a password token has the documented header and claims")
    func passwordClaims() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.passwordToken(client, scope: "apim:api_view openid")
        #expect(issued.scopes == ["apim:api_view", "openid"])
        #expect(issued.expiresIn == 3600)
        #expect(issued.refreshToken != nil)
        let admin = try require(try await fixture.services.users.user(named: "admin", in: .superTenant))
        let jwt = try await fixture.verified(issued.accessToken)
        #expect(jwt.header["typ"] == "at+jwt")
        #expect(jwt.header["alg"] == "RS256")
        #expect(jwt.keyID == (jwt.header["x5t"]?.string).map { $0 + "_RS256" })
        #expect(jwt.subject == admin.id)
        #expect(jwt["aut"] == "APPLICATION_USER")
        #expect(jwt.issuer == "https://localhost:9443/oauth2/token")
        for claim in ["aud", "azp", "client_id"] { #expect(jwt[claim] == client.client.consumerKey) }
        #expect(jwt["scope"] == "apim:api_view openid")
        #expect(jwt.claims["iat"]?.int == 1_800_000_000)
        #expect(jwt.claims["nbf"]?.int == 1_800_000_000)
        #expect(jwt.claims["exp"]?.int == 1_800_003_600)
        #expect(jwt.tokenID == issued.tokenID)
        let idToken = try await fixture.verified(try require(issued.idToken))
        #expect(idToken.subject == admin.id)
        #expect(idToken.strings("aud") == [client.client.consumerKey])
    }

    @Test("client_credentials stands for the owner, without refresh or id token")
    func clientCredentials() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.services.tokenEndpoint.token(
            fixture.request(["grant_type": "client_credentials", "scope": "openid"], client: client))
        let jwt = try await fixture.verified(issued.accessToken)
        #expect(jwt["aut"] == "APPLICATION")
        #expect(jwt.subject == client.client.ownerID)
        #expect(issued.refreshToken == nil)
        #expect(issued.idToken == nil)
    }

    @Test("a request without scope gets default")
    func defaultScope() async throws {
        let fixture = try await IdentityFixture()
        let issued = try await fixture.passwordToken(try await fixture.client())
        #expect(issued.scopes == ["default"])
    }

    @Test("client id and secret may stand in the body")
    func bodyCredentials() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.services.tokenEndpoint.token(
            fixture.request([
                "grant_type": "client_credentials", "client_id": client.client.consumerKey, "client_secret": client.secret,
            ]))
        #expect(!issued.accessToken.isEmpty)
    }

    struct Refused: Sendable, CustomStringConvertible {
        var description: String
        var parameters: [String: String]
        var error: OAuthError
        var authenticated = true
    }

    static let refused = [
        Refused(description: "no grant type", parameters: [:], error: .missingGrantType),
        Refused(
            description: "header and body credentials",
            parameters: ["grant_type": "client_credentials", "client_secret": "x"], error: .severalClientAuthentications),
        Refused(
            description: "no client", parameters: ["grant_type": "client_credentials"],
            error: .unsupportedClientAuthentication, authenticated: false),
        Refused(
            description: "unknown client",
            parameters: ["grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"],
            error: .unknownClient("nobody"), authenticated: false),
        Refused(description: "unknown grant", parameters: ["grant_type": "magic"], error: .unsupportedGrantType("magic")),
        Refused(
            description: "no password", parameters: ["grant_type": "password", "username": "admin"], error: .missingPassword),
        Refused(
            description: "wrong password", parameters: ["grant_type": "password", "username": "admin", "password": "x"],
            error: .wrongPassword("admin")),
        Refused(
            description: "unknown user", parameters: ["grant_type": "password", "username": "nobody", "password": "x"],
            error: .wrongPassword("nobody")),
        Refused(
            description: "no refresh token", parameters: ["grant_type": "refresh_token"], error: .missingRefreshToken),
        Refused(
            description: "unknown refresh token", parameters: ["grant_type": "refresh_token", "refresh_token": "x"],
            error: .unknownRefreshToken),
    ]

    @Test("refuses with the documented error", arguments: refused)
    func refusals(_ refused: Refused) async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let request = fixture.request(refused.parameters, client: refused.authenticated ? client : nil)
        await #expect(throws: refused.error) { try await fixture.services.tokenEndpoint.token(request) }
    }

    @Test("refuses repeated parameters and secrets in the query before everything else")
    func malformedForms() async throws {
        let fixture = try await IdentityFixture()
        var request = fixture.request([:])
        request.parameters = ["grant_type": ["password", "password"]]
        request.queryNames = ["password"]
        await #expect(throws: OAuthError.repeatedParameters) { try await fixture.services.tokenEndpoint.token(request) }
        request.parameters = [:]
        await #expect(throws: OAuthError.sensitiveQuery) { try await fixture.services.tokenEndpoint.token(request) }
    }

    @Test("refuses a wrong secret and a malformed Basic header", arguments: ["Basic %%%", nil])
    func wrongSecret(_ header: String?) async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        var request = fixture.request(["grant_type": "client_credentials"], client: client)
        request.authorization = header ?? IdentityFixture.basic(client.client.consumerKey, "wrong")
        await #expect(throws: OAuthError.clientAuthenticationFailed) {
            try await fixture.services.tokenEndpoint.token(request)
        }
    }

    @Test("refuses a grant that the client was not registered for")
    func unregisteredGrant() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client(grants: ["client_credentials"])
        await #expect(throws: OAuthError.unauthorizedGrantType) { try await fixture.passwordToken(client) }
    }

    @Test("a public client signs users in with its id alone, and gets nothing for itself")
    func publicClient() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client(attributes: OAuthClientAttributes(isPublic: true))
        let id = ["client_id": client.client.consumerKey]
        let user = ["grant_type": "password", "username": "admin", "password": IdentityFixture.password]
        let issued = try await fixture.services.tokenEndpoint.token(fixture.request(user.merging(id) { $1 }))
        #expect(!issued.accessToken.isEmpty)
        let own = fixture.request(id.merging(["grant_type": "client_credentials"]) { $1 })
        await #expect(throws: OAuthError.unsupportedClientAuthentication) {
            try await fixture.services.tokenEndpoint.token(own)
        }
    }

    @Test("lifetimes come from the client, and negative ones never end")
    func lifetimes() async throws {
        let fixture = try await IdentityFixture()
        let attributes = OAuthClientAttributes(applicationTokenSeconds: -1, userTokenSeconds: 60)
        let client = try await fixture.client(attributes: attributes)
        #expect(try await fixture.passwordToken(client).expiresIn == 60)
        let own = try await fixture.services.tokenEndpoint.token(
            fixture.request(["grant_type": "client_credentials"], client: client))
        #expect(own.expiresIn == IssuedToken.neverExpires)
    }
}

extension IdentityFixture {
    /// The token, if its signature is that of the tenant's published keys.
    func verified(_ token: String, tenant: Tenant = .superTenant) async throws -> JWT {
        let keys = try JSONWebKeySet(json: try await services.discovery.keySet(of: tenant))
        return try JWTVerifier(keys: keys).verify(token)
    }
}
