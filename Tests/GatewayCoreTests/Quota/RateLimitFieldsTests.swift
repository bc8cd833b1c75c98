import Model
import Testing

@testable import GatewayCore

@Suite("RateLimit and RateLimit-Policy")
struct RateLimitFieldsTests {
    private func send(_ gateway: GatewayFixture) throws -> GatewayFixture.Sent {
        try gateway.send("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(try GatewayFixture.token())"])
    }

    private func limited(_ settings: PipelineSettings = PipelineSettings()) throws -> GatewayFixture {
        let gateway = try GatewayFixture(settings: settings)
        gateway.put(
            .api(GatewayFixture.api()), .policy(GatewayFixture.policy(.subscription, "Two", limit: 2, burst: 50)),
            .policy(GatewayFixture.policy(.application, "Ten", limit: 10)),
            .subscription(GatewayFixture.subscription(policy: "Two")), .application(GatewayFixture.application(policy: "Ten")))
        return gateway
    }

    @Test("an answer tells every quota that the request was counted on, with what is left")
    func told() throws {
        let gateway = try limited()
        gateway.now += 40_500
        let sent = try send(gateway)
        #expect(
            sent.value("RateLimit-Policy")
                == #""subscription:Two";q=2;w=60, "subscription:Two:burst";q=50;w=1, "application:Ten";q=10;w=60"#)
        #expect(
            sent.value("RateLimit")
                == #""subscription:Two";r=1;t=20, "subscription:Two:burst";r=49;t=1, "application:Ten";r=9;t=20"#)
    }

    @Test("a refusal names the quota that is used up; its time is that of Retry-After")
    func refused() throws {
        let gateway = try limited()
        for _ in 0..<2 { _ = try send(gateway) }
        let sent = try send(gateway)
        #expect(sent.code == 900_804)
        #expect(sent.value("RateLimit") == #""subscription:Two";r=0;t=60"#)
        #expect(sent.value("RateLimit-Policy") == #""subscription:Two";q=2;w=60"#)
    }

    @Test("a quota of bytes names its unit")
    func bytes() throws {
        let gateway = try limited()
        gateway.put(.policy(GatewayFixture.policy(.subscription, "Two", limit: 4096, quota: .bytes)))
        #expect(
            try send(gateway).value("RateLimit-Policy")?.hasPrefix(#""subscription:Two";q=4096;qu="content-bytes";w=60"#)
                == true)
    }

    @Test("nothing is told when nothing is limited or the setting is off")
    func untold() throws {
        let free = try GatewayFixture()
        free.put(.api(GatewayFixture.api()))
        #expect(try send(free).value("RateLimit") == nil)
        var settings = PipelineSettings()
        settings.writesRateLimits = false
        #expect(try send(limited(settings)).lines.allSatisfy { !$0.lowercased().hasPrefix("ratelimit") })
    }
}
