import Documents
import Model
import Testing

@testable import GatewayCore

@Suite("Changes reach requests at once")
struct PipelineChangeTests {
    let gateway: GatewayFixture
    let token: [String]

    init() throws {
        gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api()))
        token = ["Authorization: Bearer \(try GatewayFixture.token())"]
    }

    private func status() throws -> Int32 {
        let sent = try gateway.send("GET /pizza/1.0.0/menu", token)
        return sent.verdict == .forward ? 200 : sent.code
    }

    @Test("a cached token is refused as soon as it is revoked, and works again when the revocation is forgotten")
    func revocation() throws {
        #expect(try status() == 200)
        gateway.put(.revocation(GatewayRevocation(tenant: -1234, tokenID: "token-1", expiresMilliseconds: 5)))
        #expect(try status() == 900_901)
        gateway.builder.forgetRevocations(expiredBefore: 5)
        gateway.apply([])
        #expect(try status() == 900_901)
        gateway.builder.forgetRevocations(expiredBefore: 6)
        gateway.apply([])
        #expect(try status() == 200)
    }

    @Test("a cached token expires by itself")
    func expiry() throws {
        #expect(try status() == 200)
        gateway.now += 3_604_000
        #expect(try status() == 200)
        gateway.now += 2_000
        #expect(try status() == 900_901)
    }

    @Test("a new key set makes tokens of the old key invalid, and back")
    func keySet() throws {
        let name = GatewayKeyManager.residentName
        func manager(_ text: String) -> GatewayEntity {
            .keyManager(GatewayKeyManager(tenant: -1234, name: name, issuer: GatewayFixture.issuer, keySet: text))
        }
        #expect(try status() == 200)
        gateway.put(manager(try Self.keySetText(foreign: true)))
        #expect(try status() == 900_901)
        gateway.put(manager(try Self.keySetText(foreign: false)))
        #expect(try status() == 200)
        gateway.apply([.remove(kind: .keyManager, key: "-1234/\(name)")])
        #expect(try status() == 900_901)
        gateway.put(manager("no key set"))
        #expect(try status() == 900_901)
    }

    private static func keySetText(foreign: Bool) throws -> String {
        try JSONValue(dictionaryLiteral: ("keys", [(foreign ? foreignSigner : testSigner).get().key.jsonWebKey.json])).text
    }

    @Test("subscription, application, mapping and API come and go")
    func entities() throws {
        #expect(try status() == 200)
        gateway.apply([.remove(kind: .subscription, key: "sub-1")])
        #expect(try status() == 900_908)
        gateway.put(.subscription(GatewayFixture.subscription()))
        #expect(try status() == 200)
        gateway.apply([.remove(kind: .application, key: "app-1")])
        #expect(try status() == 900_908)
        gateway.put(.application(GatewayFixture.application()))
        #expect(try status() == 200)
        let mapping = GatewayEntity.keyMapping(GatewayFixture.mapping("client", .production))
        gateway.apply([.remove(kind: .keyMapping, key: mapping.key)])
        #expect(try status() == 900_908)
        gateway.put(mapping)
        #expect(try status() == 200)
        gateway.apply([.remove(kind: .api, key: "api-1/Default")])
        #expect(try status() == 404)
    }

    @Test("a deployment in place of another changes context and operations; slots are used again")
    func redeploy() throws {
        for version in ["2.0.0", "3.0.0", "1.0.0"] {
            gateway.put(.api(GatewayFixture.api { $0.context = "/pizza/\(version)" }))
            #expect(try gateway.send("GET /pizza/\(version)/menu", token).verdict == .forward)
        }
        #expect(try gateway.send("GET /pizza/2.0.0/menu", token).code == 404)
        #expect(gateway.exchange.snapshot?.apis[1] == nil)
    }

    @Test("a request keeps the snapshot that it started with")
    func consistency() throws {
        _ = try gateway.send("GET /pizza/1.0.0/menu", token)
        gateway.apply([.remove(kind: .api, key: "api-1/Default")])
        let action = gateway.pipeline.upstreamFailed(
            .connectFailed, gateway.exchange, canRepeat: false, nowMilliseconds: gateway.now)
        #expect(action == .answer)
        #expect(gateway.exchange.errorCode == 101_503)
    }

    @Test("a changed policy counts at once, also when it comes after what it is for")
    func policy() throws {
        gateway.put(.subscription(GatewayFixture.subscription(policy: "Late")))
        #expect(try status() == 200)
        gateway.put(.policy(GatewayFixture.policy(.subscription, "Late", limit: 0)))
        #expect(try status() == 900_804)
        gateway.put(.policy(GatewayFixture.policy(.subscription, "Late", limit: 5)))
        #expect(try status() == 200)
        gateway.apply([.remove(kind: .policy, key: "-1234/subscription/Late")])
        #expect(try status() == 200)
    }

    @Test("another tenant's token is refused although issuer and key are the same")
    func otherTenant() throws {
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.tenant = 1; $0.tenantDomain = "example.com"; $0.context = "/t/example.com/pizza/1.0.0"
                }))
        #expect(try gateway.send("GET /t/example.com/pizza/1.0.0/menu", token).code == 900_901)
        let manager = GatewayKeyManager(
            tenant: 1, name: "Foreign", issuer: GatewayFixture.issuer, keySet: try Self.keySetText(foreign: false))
        gateway.put(.keyManager(manager))
        #expect(try gateway.send("GET /t/example.com/pizza/1.0.0/menu", token).code == 900_908)
    }

    @Test("a policy per user counts users apart")
    func perUser() throws {
        gateway.put(.policy(GatewayFixture.policy(.api, "One", limit: 1, perUser: true)))
        gateway.put(.api(GatewayFixture.api { $0.policy = "One" }))
        #expect(try status() == 200)
        #expect(try status() == 900_800)
        let other = ["Authorization: Bearer \(try GatewayFixture.token(["sub": "bob", "jti": "token-2"]))"]
        #expect(try gateway.send("GET /pizza/1.0.0/menu", other).verdict == .forward)
    }

    @Test("two tokens of one user share the application's counter")
    func sharedCounter() throws {
        gateway.put(
            .application(GatewayFixture.application(policy: "One")),
            .policy(GatewayFixture.policy(.application, "One", limit: 1)))
        #expect(try status() == 200)
        let second = ["Authorization: Bearer \(try GatewayFixture.token(["jti": "token-2"]))"]
        #expect(try gateway.send("GET /pizza/1.0.0/menu", second).code == 900_803)
        gateway.now += 60_000
        let later = try gateway.send("GET /pizza/1.0.0/menu", second)
        #expect(later.verdict == .forward, "\(later.body)")
    }

    @Test("a refused request leaves all quotas as they were")
    func refusedConsumesNothing() throws {
        gateway.put(
            .subscription(GatewayFixture.subscription(policy: "Three")),
            .policy(GatewayFixture.policy(.subscription, "Three", limit: 3)),
            .application(GatewayFixture.application(policy: "None")),
            .policy(GatewayFixture.policy(.application, "None", limit: 0)))
        for _ in 0..<5 { #expect(try status() == 900_803) }
        gateway.put(.application(GatewayFixture.application()))
        #expect(try (0..<5).count { _ in try status() == 200 } == 3)
    }

    @Test("credentials that a source makes up are checked a limited number of times a second")
    func flood() throws {
        var settings = PipelineSettings()
        settings.failedCredentialsPerSecond = 5
        let gateway = try GatewayFixture(settings: settings)
        gateway.put(.api(GatewayFixture.api()))
        let codes = try (0..<8).map { try gateway.send("GET /pizza/1.0.0/menu", ["Authorization: Bearer a.b.\($0)"]).code }
        #expect(codes == [900_901, 900_901, 900_901, 900_901, 900_901, 429, 429, 429])
        gateway.peerAddress = "203.0.113.7"
        #expect(try gateway.send("GET /pizza/1.0.0/menu", token).verdict == .forward)
        gateway.peerAddress = "127.0.0.1"
        #expect(try gateway.send("GET /pizza/1.0.0/menu", token).verdict == .forward)
    }

    @Test("every truncation of a token is refused")
    func truncated() throws {
        let text = token[0]
        var settings = PipelineSettings()
        settings.failedCredentialsPerSecond = .max
        let gateway = try GatewayFixture(settings: settings)
        gateway.put(.api(GatewayFixture.api()))
        for count in stride(from: 24, to: text.utf8.count, by: 7) {
            #expect(try gateway.send("GET /pizza/1.0.0/menu", [String(text.prefix(count))]).code == 900_901)
        }
    }

    @Test("a credential behind the fields that can be removed is refused")
    func lateCredential() throws {
        let fields = (0..<64).map { "X-\($0): 1" } + token
        let sent = try gateway.send("GET /pizza/1.0.0/menu", fields)
        #expect(sent.status == 431)
    }
}
