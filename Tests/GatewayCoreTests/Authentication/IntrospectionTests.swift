import Documents
import Model
import Testing
import Tokens

@testable import GatewayCore

@Suite("Tokens that only their key manager can judge")
struct IntrospectionTests {
    private let authority = FakeAuthority()
    private let bearer = ["Authorization: Bearer 0b7e4f5c-opaque"]

    private func token(_ change: (inout IntrospectedToken) -> Void = { _ in }) -> IntrospectedToken {
        var token = IntrospectedToken(
            tokenID: "hash-1", consumerKey: "client", subject: "kim", userName: "kim", scopes: ["order"],
            issuedMilliseconds: GatewayFixture.now - 1_000, expiresMilliseconds: GatewayFixture.now + 60_000)
        change(&token)
        return token
    }

    private static func keyManager(
        _ name: String = GatewayKeyManager.residentName, change: (inout GatewayKeyManager) -> Void = { _ in }
    ) throws -> GatewayKeyManager {
        var manager = GatewayKeyManager(
            tenant: -1234, name: name, issuer: GatewayFixture.issuer,
            keySet: JSONWebKeySet(keys: [try testSigner.get().key.jsonWebKey]).text, introspects: true)
        change(&manager)
        return manager
    }

    private func gateway(_ change: (inout GatewayAPI) -> Void = { _ in }) throws -> GatewayFixture {
        let gateway = try GatewayFixture(asking: authority)
        gateway.put(.keyManager(try Self.keyManager()), .api(GatewayFixture.api(change)))
        return gateway
    }

    private func know(_ token: IntrospectedToken, at manager: String = GatewayKeyManager.residentName) {
        authority.state.withLock { $0.tokens["\(manager)/0b7e4f5c-opaque"] = token }
    }

    @Test("an opaque token is asked about once, and then known")
    func accepted() async throws {
        let gateway = try gateway()
        know(token())
        for _ in 0..<3 { #expect(try await gateway.ask("POST /pizza/1.0.0/order", bearer).verdict == .forward) }
        #expect(authority.state.withLock { $0.introspections } == ["Resident Key Manager -1234 0b7e4f5c-opaque"])
        #expect(gateway.exchange.application >= 0)
    }

    @Test("an unknown token is refused, and not asked about again for a while")
    func refused() async throws {
        let gateway = try gateway()
        for _ in 0..<3 { #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_901) }
        #expect(authority.state.withLock { $0.introspections.count } == 1)
        gateway.now += 31_000
        try await gateway.ask("GET /pizza/1.0.0/menu", bearer)
        #expect(authority.state.withLock { $0.introspections.count } == 2)
    }

    @Test("what is said of a token is used until its end, and no longer than the configured time")
    func bounded() async throws {
        let gateway = try GatewayFixture(asking: authority) { $0.credentials.introspectionMilliseconds = 30_000 }
        gateway.put(.keyManager(try Self.keyManager()), .api(GatewayFixture.api()))
        know(token())
        try await gateway.ask("GET /pizza/1.0.0/menu", bearer)
        gateway.now += 29_000
        try await gateway.ask("GET /pizza/1.0.0/menu", bearer)
        #expect(authority.state.withLock { $0.introspections.count } == 1)
        gateway.now += 2_000
        try await gateway.ask("GET /pizza/1.0.0/menu", bearer)
        #expect(authority.state.withLock { $0.introspections.count } == 2)
        authority.state.withLock { $0.tokens = [:] }
        gateway.now += 36_000
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_901)
    }

    @Test("an answer that took long serves the call that waited for it, also where none is remembered")
    func slow() async throws {
        let gateway = try GatewayFixture(asking: authority) { $0.credentials.introspectionMilliseconds = 0 }
        gateway.put(.keyManager(try Self.keyManager()), .api(GatewayFixture.api()))
        know(token())
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", bearer) { gateway.now += 2_000 }
        #expect(sent.verdict == .forward)
        #expect(authority.state.withLock { $0.introspections.count } == 1)
    }

    @Test("a token that was revoked is refused at once")
    func revoked() async throws {
        let gateway = try gateway()
        know(token())
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).verdict == .forward)
        gateway.put(.revocation(GatewayRevocation(tenant: -1234, tokenID: "hash-1", expiresMilliseconds: .max)))
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_901)
    }

    @Test("a key manager that gives no answer is a failure of ours")
    func silent() async throws {
        let gateway = try gateway()
        authority.state.withLock { $0.silent = [GatewayKeyManager.residentName] }
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", bearer)
        #expect(sent.status == 500)
        #expect(sent.code == 900_900)
        #expect(sent.body.contains("Whoever has to judge the credential gives no answer"))
        authority.state.withLock { $0.silent = [] }
        know(token())
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).verdict == .forward)
    }

    @Test("several key managers are asked in order, as far as the API takes them and their rules fit")
    func several() async throws {
        let gateway = try gateway { $0.keyManagers = ["Alpha", "Beta", "Delta"] }
        gateway.put(
            .keyManager(try Self.keyManager("Alpha")),
            .keyManager(try Self.keyManager("Beta") { $0.tokenRules = [.init(pattern: "b-.*", claims: [:])] }),
            .keyManager(try Self.keyManager("Delta") { $0.tenant = GatewayKeyManager.everyTenant }),
            .keyManager(try Self.keyManager("Gamma") { $0.tenant = 7 }),
            .keyMapping(
                GatewayKeyMapping(
                    tenant: -1234, keyManager: "Delta", consumerKey: "client", applicationID: "app-1", keyType: .production)))
        know(token(), at: "Delta")
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).verdict == .forward)
        #expect(
            authority.state.withLock { $0.introspections } == ["Alpha -1234 0b7e4f5c-opaque", "Delta -1234 0b7e4f5c-opaque"])
    }

    @Test("what one API does not take is not refused by another that takes it", arguments: [true, false])
    func takenElsewhere(isJWT: Bool) async throws {
        let gateway = try gateway { $0.keyManagers = ["Beta"] }
        let token = isJWT ? try GatewayFixture.token() : "0b7e4f5c-opaque"
        gateway.put(
            .keyManager(try Self.keyManager("Alpha") { $0.validatesTokensLocally = false }),
            .keyManager(try Self.keyManager("Beta") { $0.issuer = "https://else.example" }),
            .keyManager(try Self.keyManager { $0.issuer = "https://nobody.example" }),
            .api(
                GatewayFixture.api {
                    ($0.id, $0.number, $0.context) = ("api-2", 8, "/pasta/1.0.0")
                    $0.keyManagers = ["Alpha"]
                    $0.requiresSubscription = false
                }))
        authority.state.withLock { $0.tokens["Alpha/\(token)"] = self.token() }
        for _ in 0..<2 {
            #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(token)"]).code == 900_901)
        }
        for _ in 0..<2 {
            let sent = try await gateway.ask("GET /pasta/1.0.0/menu", ["Authorization: Bearer \(token)"])
            #expect(sent.verdict == .forward, "\(sent.body)")
        }
    }

    @Test("a key manager that gives no answer makes a token no wrong one beside an optional certificate")
    func silentBesideCertificates() async throws {
        let gateway = try gateway { $0.securitySchemes = ["mutualssl", "oauth2"] }
        gateway.isTLS = true
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_902)
        authority.state.withLock { $0.silent = [GatewayKeyManager.residentName] }
        gateway.now += 31_000
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_900)
    }

    @Test("a key manager that gives no answer spoils no other credential, and is asked once")
    func silentBesideGoodCredentials() async throws {
        let gateway = try gateway { $0.securitySchemes = ["mutualssl", "oauth2", "api_key"] }
        let known = try TestCertificates.known.get()
        gateway.put(.clientCertificate(try known.uploaded(alias: "kim")))
        gateway.isTLS = true
        authority.state.withLock { $0.silent = [GatewayKeyManager.residentName] }
        let key = "ApiKey: \(try GatewayFixture.apiKey())"
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer + [key]).verdict == .forward)
        #expect(authority.state.withLock { $0.introspections.count } == 1)
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).code == 900_900)
        gateway.certificate = known.shown()
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", bearer).verdict == .forward)
        #expect(authority.state.withLock { $0.introspections.count } == 3)
    }

    @Test("a JWT of a key manager that must be asked is not judged by its signature")
    func askedAboutJWT() async throws {
        let gateway = try gateway()
        gateway.put(.keyManager(try Self.keyManager { $0.validatesTokensLocally = false }))
        let jwt = try GatewayFixture.token()
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(jwt)"]).code == 900_901)
        authority.state.withLock { $0.tokens["\(GatewayKeyManager.residentName)/\(jwt)"] = token() }
        gateway.now += 31_000
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(jwt)"]).verdict == .forward)
    }

    @Test(
        "what can be no token asks nobody",
        arguments: ["a.b", "a.b.c.d", "t\u{e9}", "two words", String(repeating: "x", count: 5_000)])
    func nonsense(_ text: String) async throws {
        let gateway = try gateway()
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(text)"]).code == 900_901)
        #expect(authority.state.withLock { $0.introspections.isEmpty })
    }

    @Test("a key that nobody knows is looked up, and the request waits for it")
    func newKey() async throws {
        let gateway = try gateway()
        var key = try testSigner.get().key.jsonWebKey
        let old = try foreignSigner.get().key.jsonWebKey
        gateway.put(
            .keyManager(
                try Self.keyManager {
                    $0.keySet = JSONWebKeySet(keys: [old]).text
                    $0.refreshesKeys = true
                }))
        let jwt = try GatewayFixture.token()
        key.keyID = try testSigner.get().key.keyID
        let renewed = try Self.keyManager {
            $0.keySet = JSONWebKeySet(keys: [old, key]).text
            $0.refreshesKeys = true
        }
        let sent = try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(jwt)"]) {
            gateway.put(.keyManager(renewed))
        }
        #expect(sent.verdict == .forward, "\(sent.body)")
        #expect(sent.lines.count(where: { $0.hasPrefix("Access-Control-Allow-Origin") }) <= 1)
        #expect(authority.state.withLock { $0.refreshes } == 1)
    }

    @Test("made-up keys do not have keys fetched over and over")
    func madeUpKeys() async throws {
        let gateway = try gateway()
        gateway.put(.keyManager(try Self.keyManager { $0.refreshesKeys = true }))
        for number in 0..<5 {
            let jwt = try foreignSigner.get().sign(
                header: ["kid": .string("made-up-\(number)"), "typ": "at+jwt"], claims: GatewayFixture.claims())
            #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(jwt)"]).code == 900_901)
        }
        #expect(authority.state.withLock { $0.refreshes } == 1)
    }

    @Test("rules tell key managers with one issuer apart")
    func rules() async throws {
        let gateway = try gateway()
        let claims: JSONValue = ["org": "shop-7", "level": 3]
        gateway.put(
            .keyManager(
                try Self.keyManager { $0.tokenRules = [.init(pattern: nil, claims: ["org": "shop-[0-9]+", "level": "3|4"])] }))
        let fitting = try GatewayFixture.token(claims)
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(fitting)"]).verdict == .forward)
        let other = try GatewayFixture.token(["org": "xshop-7x", "level": 3])
        #expect(try await gateway.ask("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(other)"]).code == 900_901)
    }
}
