import Model
import Testing

@testable import GatewayCore

@Suite("Quotas of bytes")
struct ByteQuotaTests {
    @Test("a body without a length is counted when it has passed")
    func chunked() throws {
        let gateway = try GatewayFixture()
        gateway.put(
            .api(GatewayFixture.api()), .subscription(GatewayFixture.subscription(policy: "Kilobyte")),
            .policy(GatewayFixture.policy(.subscription, "Kilobyte", limit: 1024, quota: .bytes)))
        let token = try GatewayFixture.token(["scope": "order"])
        let fields = ["Authorization: Bearer \(token)", "Transfer-Encoding: chunked"]
        for bytes: Int64 in [1000, 500] {
            gateway.bodyBytes = bytes
            #expect(try gateway.send("POST /pizza/1.0.0/order", fields).code == 0)
        }
        #expect(try gateway.send("POST /pizza/1.0.0/order", fields).code == 900_804)
        gateway.now += 60_000
        #expect(try gateway.send("POST /pizza/1.0.0/order", fields).code == 0)
    }

    @Test("a refused request without a length is charged nowhere")
    func refused() throws {
        let gateway = try GatewayFixture()
        gateway.put(
            .api(GatewayFixture.api()), .subscription(GatewayFixture.subscription(policy: "Kilobyte")),
            .policy(GatewayFixture.policy(.subscription, "Kilobyte", limit: 1024, quota: .bytes)),
            .policy(GatewayFixture.policy(.application, "None", limit: 0)),
            .application(GatewayFixture.application(policy: "None")))
        let token = try GatewayFixture.token(["scope": "order"])
        let fields = ["Authorization: Bearer \(token)", "Transfer-Encoding: chunked"]
        gateway.bodyBytes = 4096
        for _ in 0..<3 { #expect(try gateway.send("POST /pizza/1.0.0/order", fields).code == 900_803) }
        gateway.put(.application(GatewayFixture.application()))
        #expect(try gateway.send("POST /pizza/1.0.0/order", fields).code == 0)
    }
}
