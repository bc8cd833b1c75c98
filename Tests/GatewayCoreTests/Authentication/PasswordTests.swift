import Foundation
import Model
import Testing

@testable import GatewayCore

@Suite("Basic authentication")
struct PasswordTests {
    private let authority = FakeAuthority()

    private func gateway(_ change: (inout GatewayAPI) -> Void = { _ in }) throws -> GatewayFixture {
        let user = AuthenticatedUser(name: "kim@carbon.super", id: "u1", tenant: -1234, scopes: ["order"])
        let foreign = AuthenticatedUser(name: "ann@example.com", id: "u2", tenant: 1, scopes: ["order"])
        authority.state.withLock { $0.users = ["kim:right": user, "ann@example.com:right": foreign] }
        let gateway = try GatewayFixture(asking: authority)
        gateway.put(
            .api(
                GatewayFixture.api { api in
                    api.securitySchemes = ["oauth2", "basic_auth", "oauth_basic_auth_api_key_mandatory"]
                    change(&api)
                }))
        return gateway
    }

    private static func basic(_ text: String) -> String { "Authorization: Basic " + Data(text.utf8).base64EncodedString() }

    @Test("the right password lets a user in, without subscription, and is asked about once")
    func accepted() async throws {
        let gateway = try gateway()
        for _ in 0..<3 {
            let sent = try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")])
            #expect(sent.verdict == .forward, "\(sent.body)")
            #expect(!sent.upstreamHead.contains("Authorization"))
            #expect(gateway.exchange.userName.elementsEqual("kim@carbon.super".utf8))
        }
        #expect(authority.state.withLock { $0.passwords } == 1)
    }

    @Test(
        "a wrong password and an unknown user are refused alike",
        arguments: ["kim:wrong", "nobody:right", "kim:", "kim:right\u{0}"])
    func refused(_ credential: String) async throws {
        let gateway = try gateway()
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic(credential)])
        #expect(sent.status == 401)
        #expect(sent.code == 900_901)
        #expect(
            sent.value("WWW-Authenticate")
                == #"Internal API Key realm="WSO2 API Manager", Bearer realm="WSO2 API Manager", Basic Auth realm="WSO2 API Manager", error="invalid_token", error_description="The provided token is invalid""#
        )
        #expect(!sent.body.contains("kim"))
    }

    @Test("what is no credential asks nobody", arguments: ["Basic", "Basic ", "Basic !!!", "Basic OnBhc3N3b3Jk", "Basic /w=="])
    func malformed(_ value: String) async throws {
        let gateway = try gateway()
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: \(value)"])
        #expect(sent.status == 401)
        #expect(authority.state.withLock { $0.passwords } == 0)
    }

    @Test("an API that does not take passwords does not look at them")
    func notOffered() async throws {
        let gateway = try gateway { $0.securitySchemes = ["oauth2"] }
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")])
        #expect(sent.code == 900_902)
        #expect(authority.state.withLock { $0.passwords } == 0)
    }

    @Test("a user of another tenant is refused")
    func otherTenant() async throws {
        let sent = try await gateway().ask("GET /pizza/1.0.0/menu", [Self.basic("ann@example.com:right")])
        #expect(sent.status == 403)
        #expect(sent.code == 900_908)
    }

    @Test("scopes come from the user's roles")
    func scopes() async throws {
        let gateway = try gateway()
        #expect(try await gateway.ask("POST /pizza/1.0.0/order", [Self.basic("kim:right")]).verdict == .forward)
        authority.state.withLock { $0.users["kim:right"]?.scopes = ["else"] }
        gateway.now += 61_000
        let sent = try await gateway.ask("POST /pizza/1.0.0/order", [Self.basic("kim:right")])
        #expect(sent.code == 900_910)
    }

    @Test("a password that was changed is worth nothing at once")
    func revoked() async throws {
        let gateway = try gateway()
        try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")])
        authority.state.withLock { $0.users = [:] }
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")]).verdict == .forward)
        gateway.put(
            .revocationRule(
                GatewayRevocationRule(
                    tenant: -1234, subject: .signIn, identifier: "u1", revokedMilliseconds: gateway.now,
                    expiresMilliseconds: .max)))
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")]).code == 900_901)
    }

    @Test("guesses are limited, by client and by name")
    func limits() async throws {
        let gateway = try gateway()
        for number in 0..<10 {
            #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:guess\(number)")]).status == 401)
        }
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("ben:guess")]).status == 429)
        gateway.peerAddress = "203.0.113.7"
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:another")]).status == 429)
        gateway.now += 1_000
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")]).verdict == .forward)
        #expect(authority.state.withLock { $0.passwords } == 11)
    }

    @Test("no answer is a failure of ours, not of the caller")
    func failures() async throws {
        let gateway = try gateway()
        authority.state.withLock { $0.isBusy = true }
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")]).status == 429)
        let lonely = try GatewayFixture()
        lonely.put(.api(GatewayFixture.api { $0.securitySchemes = ["basic_auth"] }))
        #expect(try await lonely.ask("GET /pizza/1.0.0/menu", [Self.basic("kim:right")]).code == 900_901)
    }
}
