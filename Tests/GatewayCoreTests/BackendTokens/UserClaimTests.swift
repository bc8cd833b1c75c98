import Documents
import Foundation
import Model
import Testing
import Tokens

@testable import GatewayCore

@Suite("What backends are told of the user store")
struct UserClaimTests {
    private let authority = FakeAuthority()

    private func gateway(
        dialect: String = UserClaims.dialect, _ change: (inout UserClaimSettings) -> Void = { _ in }
    ) throws -> GatewayFixture {
        var claims = UserClaimSettings()
        change(&claims)
        var tokens = BackendTokenSettings()
        tokens.dialect = dialect
        tokens.userClaims = claims
        authority.state.withLock { state in
            state.claims["kim -1234"] = UserClaims(
                texts: ["givenname": "Kim", "emailaddress": "kim@example.com"], roles: ["Internal/everyone", "cook"])
        }
        let gateway = try GatewayFixture(asking: authority) { $0.backendTokens = tokens }
        let signer = try testSigner.get()
        gateway.put(
            .tokenKey(
                GatewayTokenKey(
                    tenant: -1234, tenantDomain: "carbon.super", privateKey: GatewaySecret(signer.key.privateKeyPEM),
                    certificate: signer.key.certificatePEM)),
            .api(GatewayFixture.api { $0.securitySchemes = ["oauth2", "basic_auth", "oauth_basic_auth_api_key_mandatory"] }))
        return gateway
    }

    /// The claims that the upstream gets.
    private func told(_ gateway: GatewayFixture, _ credential: String) async throws -> JSONValue {
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: \(credential)"])
        #expect(sent.verdict == .forward, "\(sent.body)")
        let line = try #require(sent.upstreamHead.split(separator: "\r\n").first { $0.hasPrefix("X-JWT-Assertion: ") })
        let part = try #require(line.dropFirst(17).split(separator: ".").dropFirst().first)
        return try JSONValue.parse(Array(try #require(Data(base64Encoded: String(part)))))
    }

    private static func user(_ changes: JSONValue = [:]) throws -> String {
        var claims: JSONValue = ["aut": "APPLICATION_USER"]
        for (name, value) in changes.object ?? JSONObject() { claims[name] = value }
        return "Bearer \(try GatewayFixture.token(claims))"
    }

    private var questions: [String] { authority.state.withLock { $0.claimQuestions } }

    @Test("attributes and roles of the user are told, and replace none of the gateway's own claims")
    func attributes() async throws {
        let gateway = try gateway()
        authority.state.withLock { $0.claims["kim -1234"]?.texts["enduser"] = "admin" }
        let claims = try await told(gateway, try Self.user(["http://wso2.org/claims/givenname": "Forged"]))
        #expect(claims["http://wso2.org/claims/givenname"] == "Kim")
        #expect(claims["http://wso2.org/claims/emailaddress"] == "kim@example.com")
        #expect(claims["http://wso2.org/claims/role"] == ["Internal/everyone", "cook"])
        #expect(claims["http://wso2.org/claims/enduser"] == "kim@carbon.super")
    }

    @Test("users who sign in with a password are told of, too")
    func passwords() async throws {
        let gateway = try gateway()
        authority.state.withLock { state in
            state.users["kim:right"] = AuthenticatedUser(name: "kim@carbon.super", id: "kim", tenant: -1234, scopes: [])
        }
        let claims = try await told(gateway, "Basic \(Data("kim:right".utf8).base64EncodedString())")
        #expect(claims["http://wso2.org/claims/givenname"] == "Kim")
    }

    @Test("nobody is asked about applications, nor about users of other key managers")
    func others() async throws {
        let gateway = try gateway()
        gateway.put(
            .keyManager(
                GatewayKeyManager(
                    tenant: -1234, name: "Elsewhere", issuer: "https://elsewhere",
                    keySet: JSONWebKeySet(keys: [try testSigner.get().key.jsonWebKey]).text)),
            .keyMapping(
                GatewayKeyMapping(
                    tenant: -1234, keyManager: "Elsewhere", consumerKey: "client", applicationID: "app-1",
                    keyType: .production)))
        for credential in [try Self.user(["aut": "APPLICATION"]), try Self.user(["iss": "https://elsewhere", "jti": "t"])] {
            #expect(try await told(gateway, credential)["http://wso2.org/claims/givenname"] == nil)
        }
        #expect(questions.isEmpty)
    }

    @Test("names follow the dialect if they are to be converted")
    func dialects() async throws {
        let own = try await told(try gateway(dialect: "urn:d"), try Self.user())
        #expect(own["http://wso2.org/claims/givenname"] == "Kim" && own["urn:d/apiname"] == "Pizza")
        let converted = try await told(try gateway(dialect: "urn:d") { $0.convertsDialect = true }, try Self.user())
        #expect(converted["urn:d/givenname"] == "Kim" && converted["urn:d/role"] == ["Internal/everyone", "cook"])
        #expect(converted["http://wso2.org/claims/givenname"] == nil)
        let openID = try await told(
            try gateway(dialect: "http://wso2.org/oidc/claim") { $0.convertsDialect = true }, try Self.user())
        #expect(openID["given_name"] == "Kim" && openID["email"] == "kim@example.com" && openID["groups"]?[1] == "cook")
    }

    @Test("what the user store said is used for the configured time", arguments: [900_000, 1_000_000, 0])
    func caching(lifetime: Int64) async throws {
        let gateway = try gateway { $0.cacheMilliseconds = lifetime }
        let token = try Self.user()
        for _ in 0..<3 { _ = try await told(gateway, token) }
        #expect(questions == ["kim -1234"])
        authority.state.withLock { $0.claims["kim -1234"]?.texts["givenname"] = "Kimberley" }
        // The backend token is made anew after 810 s.
        gateway.now += 820_000
        let early = try await told(gateway, token)
        #expect(early["http://wso2.org/claims/givenname"] == (lifetime == 0 ? "Kimberley" : "Kim"))
        gateway.now += 820_000
        #expect(try await told(gateway, token)["http://wso2.org/claims/givenname"] == "Kimberley")
    }

    @Test("a user store that gives no answer holds nothing up, and is asked again soon")
    func silence() async throws {
        let gateway = try gateway()
        let token = try Self.user()
        authority.state.withLock { $0.isUserStoreSilent = true }
        #expect(try await told(gateway, token)["http://wso2.org/claims/givenname"] == nil)
        _ = try await told(gateway, token)
        #expect(questions.count == 1)
        authority.state.withLock { $0.isUserStoreSilent = false }
        gateway.now += 11_000
        #expect(try await told(gateway, token)["http://wso2.org/claims/givenname"] == "Kim")
        // What is known is used when it cannot be asked for again.
        authority.state.withLock { $0.isUserStoreSilent = true }
        gateway.now += 1_000_000
        #expect(try await told(gateway, token)["http://wso2.org/claims/givenname"] == "Kim")
    }

    @Test("an answer that took long serves the call that waited for it")
    func slow() async throws {
        let gateway = try gateway { $0.cacheMilliseconds = 0 }
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: \(try Self.user())"]) {
            gateway.now += 20_000
        }
        #expect(sent.verdict == .forward && questions.count == 1)
    }

    @Test("of a user who is gone nothing is told")
    func gone() async throws {
        let gateway = try gateway()
        authority.state.withLock { $0.claims = [:] }
        let claims = try await told(gateway, try Self.user())
        #expect(claims["http://wso2.org/claims/givenname"] == nil && claims["http://wso2.org/claims/role"] == nil)
        #expect(questions.count == 1)
    }
}
