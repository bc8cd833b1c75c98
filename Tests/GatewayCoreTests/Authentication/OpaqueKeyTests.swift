import Model
import Synchronization
import Testing
import Tokens

@testable import GatewayCore

@Suite("Opaque API keys at the gateway")
struct OpaqueKeyTests {
    private static let secret = "hashing-secret"
    private let text = OpaqueAPIKey.generate(.system)

    private func key(_ text: String? = nil, change: (inout GatewayAPIKey) -> Void = { _ in }) -> GatewayAPIKey {
        var key = GatewayAPIKey(
            tenant: -1234, id: "key-1", hash: APIKeyHashing(secret: Self.secret).hash((text ?? self.text).utf8), apiID: nil,
            applicationID: "app-1", keyType: .production, user: "kim@carbon.super", expiresMilliseconds: nil, permittedIP: nil,
            permittedReferer: nil)
        change(&key)
        return key
    }

    private func gateway(_ key: GatewayAPIKey, settings: PipelineSettings = PipelineSettings()) throws -> GatewayFixture {
        let gateway = try GatewayFixture(settings: settings)
        gateway.put(
            .apiKeyHashing(GatewayAPIKeyHashing(secret: GatewaySecret(Self.secret))), .apiKey(key),
            .api(GatewayFixture.api()))
        return gateway
    }

    private func call(_ gateway: GatewayFixture, _ text: String? = nil) throws -> GatewayFixture.Sent {
        try gateway.send("GET /pizza/1.0.0/menu", ["apikey: \(text ?? self.text)"])
    }

    @Test("a key opens the APIs of its application")
    func application() throws {
        let gateway = try gateway(key())
        let sent = try call(gateway)
        #expect(sent.verdict == .forward, "\(sent.body)")
        #expect(!sent.upstreamHead.contains("mlk_"))
        #expect(gateway.exchange.userName.elementsEqual("kim@carbon.super".utf8))
        #expect(try gateway.send("GET /pizza/1.0.0/menu?apikey=\(text)&a=1").upstreamHead.hasPrefix("GET /base/menu?a=1 "))
    }

    @Test("a key for one API opens no other, and needs a subscribed application")
    func bound() throws {
        #expect(try call(gateway(key { $0.apiID = "api-1" })).verdict == .forward)
        #expect(try call(gateway(key { $0.apiID = "api-2" })).code == 900_908)
        #expect(try call(gateway(key { $0.applicationID = nil })).code == 900_908)
        #expect(try call(gateway(key { $0.applicationID = "app-2" })).code == 900_908)
    }

    @Test("made-up, mistyped and foreign keys are refused")
    func refused() throws {
        let gateway = try gateway(key())
        #expect(try call(gateway, OpaqueAPIKey.generate(.system)).code == 900_901)
        #expect(try call(gateway, String(text.dropLast()) + "!").code == 900_901)
        #expect(try call(gateway, String(text.dropLast())).code == 900_901)
        #expect(try call(gateway, "mlk_").code == 900_901)
        #expect(try call(self.gateway(key { $0.tenant = 7 })).code == 900_901)
    }

    @Test("an expired key is refused, and its restrictions hold")
    func restrictions() throws {
        let expiring = try gateway(key { $0.expiresMilliseconds = GatewayFixture.now + 1_000 })
        #expect(try call(expiring).verdict == .forward)
        expiring.now += 1_000
        #expect(try call(expiring).code == 900_901)
        #expect(try call(gateway(key { $0.permittedIP = "10.0.0.0/8" })).code == 900_908)
        #expect(try call(gateway(key { $0.permittedIP = "127.0.0.1" })).verdict == .forward)
    }

    @Test("a sandbox key goes to the sandbox")
    func sandbox() throws {
        #expect(try call(gateway(key { $0.keyType = .sandbox })).url == "https://sandbox/")
    }

    @Test("a key that was revoked or renewed is worth nothing at once")
    func revoked() throws {
        let gateway = try gateway(key())
        #expect(try call(gateway).verdict == .forward)
        let next = OpaqueAPIKey.generate(.system)
        gateway.put(.apiKey(key(next)))
        #expect(try call(gateway).code == 900_901)
        #expect(try call(gateway, next).verdict == .forward)
        gateway.apply([.remove(kind: .apiKey, key: "key-1")])
        #expect(try call(gateway, next).code == 900_901)
    }

    @Test("a key that changes its application is known under the new one")
    func associated() throws {
        let gateway = try gateway(
            key {
                $0.apiID = "api-1"; $0.applicationID = nil
            })
        #expect(try call(gateway).code == 900_908)
        gateway.put(.apiKey(key { $0.apiID = "api-1" }))
        #expect(try call(gateway).verdict == .forward)
    }

    @Test("the use of keys is reported once a report")
    func uses() throws {
        final class Recorder: KeyUseRecorder {
            let ids = Mutex<[[String]]>([])
            func used(_ ids: [String], atMilliseconds: Int64) { self.ids.withLock { $0.append(ids) } }
        }
        let recorder = Recorder()
        var settings = PipelineSettings()
        settings.keyUses = recorder
        let gateway = try gateway(key(), settings: settings)
        for _ in 0..<3 { _ = try call(gateway) }
        gateway.pipeline.reportKeyUses(nowMilliseconds: gateway.now)
        gateway.pipeline.reportKeyUses(nowMilliseconds: gateway.now)
        _ = try call(gateway)
        gateway.pipeline.reportKeyUses(nowMilliseconds: gateway.now)
        #expect(recorder.ids.withLock { $0 } == [["key-1"], ["key-1"]])
    }
}
