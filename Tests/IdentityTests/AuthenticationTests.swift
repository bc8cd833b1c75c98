import Documents
import Foundation
import Model
import Storage
import Testing
import Tokens

@testable import Identity

@Suite("Authentication of management requests")
struct AuthenticationTests {
    @Test(
        "Basic credentials give all scopes of the roles", arguments: ["admin", "ADMIN", "admin@carbon.super", "PRIMARY/admin"])
    func basic(_ name: String) async throws {
        let fixture = try await IdentityFixture()
        let principal = try await fixture.principal(IdentityFixture.basic(name, IdentityFixture.password))
        #expect(principal.username == "admin")
        #expect(principal.tenant == .superTenant)
        #expect(principal.roles == ["admin", "Internal/everyone"])
        #expect(principal.scopes.isSuperset(of: ["apim:admin", "apim:api_view", "apim:subscribe"]))
        #expect(!principal.scopes.contains("apim:api_list_view"))
        #expect(principal.consumerKey == nil)
    }

    @Test(
        "wrong name and wrong password are the same answer",
        arguments: [("admin", "wrong"), ("nobody", "wrong"), ("a@b.c", "x")])
    func wrong(_ name: String, _ password: String) async throws {
        let fixture = try await IdentityFixture()
        await #expect(throws: CatalogueError.invalidCredentials) {
            try await fixture.principal(IdentityFixture.basic(name, password))
        }
    }

    @Test(
        "malformed headers are refused",
        arguments: ["", "Basic", "Basic ", "Basic !!!", "Basic YWRtaW4=", "Basic OnBhc3M=", "Digest username=x", "admin:admin"])
    func malformed(_ header: String) async throws {
        let fixture = try await IdentityFixture()
        await #expect(throws: CatalogueError.malformedAuthorization) { try await fixture.principal(header) }
    }

    @Test("a bearer token gives its own scopes and nothing more")
    func bearer() async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client()
        let issued = try await fixture.passwordToken(client, scope: "apim:api_view unheard_of")
        let principal = try await fixture.principal("bearer \(issued.accessToken)")
        #expect(principal.scopes == ["apim:api_view", "unheard_of"])
        #expect(principal.consumerKey == client.client.consumerKey)
    }

    @Test("an expired token says so, and tokens of opaque clients work as well", arguments: [AccessTokenType.jwt, .opaque])
    func expiry(_ type: AccessTokenType) async throws {
        let fixture = try await IdentityFixture()
        let issued = try await fixture.passwordToken(try await fixture.client(type: type))
        #expect(try await fixture.principal("Bearer \(issued.accessToken)").username == "admin")
        fixture.clock.advance(seconds: 3600)
        await #expect(throws: CatalogueError.expiredAccessToken) {
            try await fixture.principal("Bearer \(issued.accessToken)")
        }
    }

    /// Ways to change a good token, given its parts and the record's claims.
    static let forgeries: [(name: String, change: @Sendable ([String]) -> String)] = [
        ("alg none", { "\(Base64URL.encode(#"{"alg":"none","typ":"at+jwt"}"#.utf8)).\($0[1])." }),
        ("alg HS256", { "\(Base64URL.encode(#"{"alg":"HS256","typ":"at+jwt"}"#.utf8)).\($0[1]).\($0[2])" }),
        ("no signature", { "\($0[0]).\($0[1])." }),
        ("cut", { String("\($0[0]).\($0[1]).\($0[2])".dropLast(8)) }),
        (
            "other claims",
            { parts in
                let claims = #"{"jti":"\#(tokenID(parts))","sub":"somebody","scope":"apim:admin"}"#
                return "\(parts[0]).\(Base64URL.encode(claims.utf8)).\(parts[2])"
            }
        ),
        ("two parts", { "\($0[0]).\($0[1])" }),
        ("garbage", { _ in "garbage" }),
        ("empty", { _ in "" }),
    ]

    private static func tokenID(_ parts: [String]) -> String {
        (try? JWT(compact: parts.joined(separator: ".")))?.tokenID ?? ""
    }

    @Test("forged tokens are refused although their id is known", arguments: forgeries.indices)
    func forged(_ index: Int) async throws {
        let fixture = try await IdentityFixture()
        let issued = try await fixture.passwordToken(try await fixture.client())
        let parts = issued.accessToken.split(separator: ".").map(String.init)
        let forged = Self.forgeries[index].change(parts)
        await #expect(throws: CatalogueError.invalidAccessToken) { try await fixture.principal("Bearer \(forged)") }
        #expect(try await !fixture.isActive(forged))
        #expect(try await fixture.isActive(issued.accessToken))
    }

    @Test("an API key is no access token")
    func apiKey() async throws {
        let fixture = try await IdentityFixture()
        let key = try await fixture.apiKey()
        await #expect(throws: CatalogueError.invalidAccessToken) { try await fixture.principal("Bearer \(key.token)") }
    }

    @Test("another tenant's users and tokens stop at a tenant's path")
    func tenants() async throws {
        let fixture = try await IdentityFixture()
        let tenant = try await fixture.tenant("example.com")
        let client = try await fixture.client(tenant: tenant)
        let issued = try await fixture.services.tokenEndpoint.token(
            fixture.request(
                ["grant_type": "password", "username": "admin@example.com", "password": "boss-password"], client: client))
        let jwt = try await fixture.verified(issued.accessToken, tenant: tenant)
        #expect(jwt.issuer == "https://localhost:9443/t/example.com/oauth2/token")
        let own = try await fixture.principal("Bearer \(issued.accessToken)", at: "example.com")
        #expect(own.qualifiedName == "admin@example.com")
        await #expect(throws: CatalogueError.userOfAnotherTenant) {
            try await fixture.principal("Bearer \(issued.accessToken)", at: "carbon.super")
        }
        await #expect(throws: CatalogueError.invalidCredentials) {
            try await fixture.principal(IdentityFixture.basic("admin", IdentityFixture.password), at: "example.com")
        }
        await #expect(throws: CatalogueError.userOfAnotherTenant) {
            try await fixture.principal(
                IdentityFixture.basic("admin@carbon.super", IdentityFixture.password), at: "example.com")
        }
    }

    @Test("a client that is not for all tenants serves its own users only")
    func closedClient() async throws {
        let fixture = try await IdentityFixture()
        let tenant = try await fixture.tenant("example.com")
        let client = try await fixture.client(tenant: tenant, shared: false)
        await #expect(throws: OAuthError.wrongPassword("admin")) { try await fixture.passwordToken(client) }
        let elsewhere = try await fixture.tenant("example.org")
        let request = fixture.request(["grant_type": "client_credentials"], client: client, tenant: elsewhere)
        await #expect(throws: OAuthError.unknownClient(client.client.consumerKey)) {
            try await fixture.services.tokenEndpoint.token(request)
        }
    }
}

extension IdentityFixture {
    func principal(_ authorization: String, at domain: String? = nil) async throws -> Principal {
        try await services.authenticator.principal(authorization: authorization, tenantDomain: domain)
    }

    /// A tenant with the administrator `admin`.
    func tenant(_ domain: String) async throws -> Tenant {
        try await services.tenants.create(
            domain: domain, name: domain,
            owner: TenantOwnerDraft(username: "admin", password: "boss-password", attributes: JSONObject()),
            context: context()
        ).tenant
    }

    func apiKey(validitySeconds: Int? = nil) async throws -> SignedKey {
        let claims = APIKeyClaims(
            subject: "admin@carbon.super", applicationNumber: 7, applicationID: "app-uuid", keyType: .sandbox,
            validitySeconds: validitySeconds, permittedIP: "10.0.0.0/8")
        let now = clock.source.milliseconds
        return try await store.read { [services] in
            try services.apiKeys.sign(claims, tenant: .superTenant, nowMilliseconds: now, $0)
        }
    }
}
