import Documents
import Foundation
import Model
import Testing
import Tokens

@testable import Identity

@Suite("Token exchange")
struct TokenExchangeTests {
    private static let key = Result {
        try SigningKey.generate(commonName: "partner", nowMilliseconds: 1_700_000_000_000)
    }
    private static let otherKey = Result {
        try SigningKey.generate(commonName: "else", nowMilliseconds: 1_700_000_000_000)
    }

    private func fixture(
        tenant: Tenant = .superTenant, change: (inout KeyManager) -> Void = { _ in }
    ) async throws -> IdentityFixture {
        let fixture = try await IdentityFixture()
        var manager = KeyManager(
            id: "", tenant: tenant, name: "Partner", displayName: "", type: "CustomKeyManager", description: "",
            isEnabled: true,
            tokenType: .exchanged, endpoints: [:], issuer: "https://partner", alias: "martlet",
            certificates: .init(kind: .pem, value: try Self.key.get().certificatePEM), grantTypes: [],
            abilities: KeyManager.Abilities(), consumerKeyClaim: "", scopesClaim: "", claimMappings: [], tokenRules: [],
            properties: JSONObject(), secrets: [:], permission: .init(), organizations: [], version: 0)
        change(&manager)
        _ = try await fixture.services.keyManagers.create(manager, fixture.context(tenant))
        return fixture
    }

    private func exchange(
        _ fixture: IdentityFixture, _ changes: JSONValue = [:], key: Result<SigningKey, any Error> = Self.key,
        parameters: [String: String] = [:], client: OAuthClientCredentials? = nil
    ) async throws -> IssuedToken {
        let now = fixture.clock.source.milliseconds / 1000
        var claims: JSONValue = [
            "iss": "https://partner", "sub": "kim@partner", "aud": ["martlet", "x"], "iat": JSONValue(now),
            "exp": JSONValue(now + 600),
        ]
        for (name, value) in changes.object ?? JSONObject() { claims[name] = value.isNull ? nil : value }
        let token = try JWTSigner(key: try key.get()).sign(claims: claims)
        var form = [
            "grant_type": TokenExchangeGrant.grantType, "subject_token": token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        ]
        form.merge(parameters) { $1 }
        let known = try await client == nil ? fixture.client() : client
        return try await fixture.services.tokenEndpoint.token(fixture.request(form, client: known))
    }

    @Test("a token of a trusted key manager gives one of the platform, with its subject and no more rights than anybody's")
    func exchanged() async throws {
        let fixture = try await fixture()
        let issued = try await exchange(fixture, parameters: ["scope": "apim:admin openid"])
        #expect(issued.issuedTokenType == "urn:ietf:params:oauth:token-type:access_token")
        #expect(issued.refreshToken == nil)
        #expect(issued.scopes == ["openid"])
        let jwt = try JWT(compact: issued.accessToken)
        #expect(jwt.subject == "kim@partner")
        #expect(jwt["aut"] == "APPLICATION_USER")
        let answer = try await fixture.services.introspection.introspect(
            issued.accessToken, nowMilliseconds: fixture.clock.source.milliseconds)
        #expect(answer["active"] == true)
        #expect(answer["sub"] == "kim@partner")
    }

    @Test("a subject that is called as a user of the platform is not that user")
    func impersonation() async throws {
        let fixture = try await fixture()
        let admin = try require(try await fixture.services.users.user(named: "admin", in: .superTenant))
        let issued = try await exchange(fixture, ["sub": .string(admin.id)])
        await #expect(throws: CatalogueError.invalidAccessToken) {
            _ = try await fixture.services.authenticator.principal(
                authorization: "Bearer \(issued.accessToken)", tenantDomain: nil)
        }
    }

    @Test(
        "what is not right is refused",
        arguments: [
            (["iss": "https://else"], "No active IDP found for the JWT with issuer name : https://else"),
            (["iss": nil], "Mandatory field - Issuer is empty in the given JWT"),
            (["sub": nil], "Mandatory field - Subject is empty in the given JWT"),
            (["exp": nil], "Mandatory field - Expiration time is empty in the given JWT"),
            (["aud": nil], "Mandatory field - Audience is empty in the given JWT"),
            (["aud": "else"], "Invalid audience values provided"), (["exp": 1], "JSON Web Token is expired."),
            (["iat": 1], "JSON Web Token is issued before the allowed time."),
            (["nbf": 99_999_999_999], "JSON Web Token is used before Not_Before_Time."),
        ] as [(JSONValue, String)])
    func refused(_ claims: JSONValue, _ description: String) async throws {
        let fixture = try await fixture()
        let error = await #expect(throws: OAuthError.self) { _ = try await exchange(fixture, claims) }
        #expect(error?.description == description)
        #expect(error?.status == 400)
    }

    @Test("forged tokens, unknown types and key managers that are not for exchange are refused")
    func untrusted() async throws {
        let fixture = try await fixture()
        let client = try await fixture.client()
        let forged = await #expect(throws: OAuthError.self) {
            _ = try await exchange(fixture, key: Self.otherKey, client: client)
        }
        #expect(forged?.description == "Signature or Message Authentication invalid.")
        for parameters in [
            ["subject_token_type": "urn:x"], ["requested_token_type": "urn:x"], ["subject_token": "a.b.c"],
            ["subject_token": ""],
        ] {
            await #expect(throws: OAuthError.self) { _ = try await exchange(fixture, parameters: parameters, client: client) }
        }
        for change in [{ $0.tokenType = .direct }, { $0.isEnabled = false }] as [(inout KeyManager) -> Void] {
            let other = try await self.fixture(change: change)
            await #expect(throws: OAuthError.self) { _ = try await exchange(other) }
        }
    }

    @Test("a client without the grant cannot exchange")
    func client() async throws {
        let fixture = try await fixture()
        let client = try await fixture.client(grants: ["client_credentials"])
        await #expect(throws: OAuthError.unauthorizedGrantType) { _ = try await exchange(fixture, client: client) }
    }
}
