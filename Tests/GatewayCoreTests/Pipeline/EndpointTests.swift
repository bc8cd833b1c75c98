import Model
import Testing

@testable import GatewayCore

@Suite("Endpoints")
struct EndpointTests {
    let gateway: GatewayFixture

    init() throws { gateway = try GatewayFixture() }

    private func deploy(_ strategy: GatewayEndpointGroup.Strategy, _ endpoints: [GatewayEndpoint]) {
        gateway.put(.api(GatewayFixture.api { $0.production = GatewayEndpointGroup(strategy: strategy, endpoints: endpoints) }))
    }

    private func url() throws -> String {
        let sent = try gateway.send("GET /pizza/1.0.0/open/a")
        return sent.verdict == .forward ? sent.url : "\(sent.code)"
    }

    private func fail(_ failure: UpstreamFailure, canRepeat: Bool = false) -> FailureAction {
        gateway.exchange.attempts += 1
        return gateway.pipeline.upstreamFailed(failure, gateway.exchange, canRepeat: canRepeat, nowMilliseconds: gateway.now)
    }

    @Test("endpoints take turns, suspended ones are left out")
    func roundRobin() throws {
        deploy(.roundRobin, ["http://a", "http://b", "http://c"].map { GatewayEndpoint(url: $0) })
        let first = try (0..<6).map { _ in try url() }
        #expect(first == ["http://a", "http://b", "http://c", "http://a", "http://b", "http://c"])
        #expect(try url() == "http://a")
        #expect(fail(.connectFailed) == .answer)
        #expect(try Set((0..<6).map { _ in try url() }) == ["http://b", "http://c"])
        gateway.now += 30_000
        #expect(try Set((0..<6).map { _ in try url() }).contains("http://a"))
    }

    @Test("weights share the requests out, evenly spread")
    func weighted() throws {
        deploy(
            .weighted,
            [
                GatewayEndpoint(url: "http://a", weight: 3), GatewayEndpoint(url: "http://b", weight: 1),
                GatewayEndpoint(url: "http://c", weight: 0),
            ])
        let sent = try (0..<8).map { _ in try url() }
        #expect(sent.count { $0 == "http://a" } == 6 && sent.count { $0 == "http://b" } == 2)
        #expect(!sent.contains("http://c"))
        // What is suspended leaves its share to the others; the last resort gets requests when nobody else does.
        while try url() != "http://a" {}
        _ = fail(.connectFailed)
        #expect(try Set((0..<4).map { _ in try url() }) == ["http://b"])
        _ = fail(.connectFailed)
        #expect(try Set((0..<4).map { _ in try url() }) == ["http://c"])
    }

    @Test(
        "large weights keep their proportion",
        arguments: [([999, 1], 999), ([500, 500], 1), ([0, 0], 0), ([], 0), ([1_000, 1_000, 7], 498)] as [([Int], Int)])
    func rounds(_ weights: [Int], _ first: Int) {
        let rounds = WeightedRounds.indices(weights)
        #expect(rounds.count <= 1_000 && rounds.count { $0 == 0 } == first)
    }

    @Test("an API whose policies set no destination says so")
    func dynamicWithoutDestination() throws {
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.endpointKind = .dynamic
                    $0.production = GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "default")])
                    $0.sandbox = nil
                }))
        let sent = try gateway.send("GET /pizza/1.0.0/open/a")
        #expect(sent.verdict == .answer && sent.code == 305_100 && sent.status == 500)
    }

    @Test("only chosen codes suspend, and a group that does not move on answers with the failure")
    func chosenCodes() throws {
        deploy(.single, [GatewayEndpoint(url: "http://a", suspendErrorCodes: [101_503])])
        #expect(try url() == "http://a")
        _ = fail(.timedOut)
        #expect(try url() == "http://a")
        _ = fail(.connectFailed)
        #expect(try url() == "303001")
        let endpoints = ["http://b", "http://c"].map { GatewayEndpoint(url: $0) }
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.production = GatewayEndpointGroup(strategy: .roundRobin, endpoints: endpoints, movesOn: false)
                }))
        _ = try url()
        #expect(fail(.connectFailed, canRepeat: true) == .answer)
    }

    @Test("failover goes to the first that is well, and repeats what can be repeated")
    func failover() throws {
        deploy(.failover, ["http://a", "http://b"].map { GatewayEndpoint(url: $0) })
        #expect(try (0..<3).map { _ in try url() } == ["http://a", "http://a", "http://a"])
        #expect(fail(.connectFailed, canRepeat: true) == .retry)
        #expect(gateway.exchange.upstream.map { String(decoding: $0.url, as: UTF8.self) } == "http://b")
        #expect(fail(.connectFailed, canRepeat: true) == .answer)
        #expect(try url() == "303000")
        gateway.now += 30_000
        #expect(try url() == "http://a")
    }

    @Test("a single endpoint is suspended longer and longer, up to the maximum, until it answers")
    func suspension() throws {
        deploy(
            .single,
            [GatewayEndpoint(url: "http://a", suspendMilliseconds: 1_000, suspendMaximumMilliseconds: 3_000, suspendFactor: 2)])
        for expected in [1_000, 2_000, 3_000, 3_000] as [Int64] {
            #expect(try url() == "http://a")
            #expect(fail(.timedOut, canRepeat: true) == .answer)
            #expect(gateway.exchange.errorCode == 101_504 && gateway.exchange.answer.status == 500)
            gateway.now += expected - 1
            #expect(try url() == "303001")
            gateway.now += 1
        }
        #expect(try url() == "http://a")
        gateway.pipeline.upstreamAnswered(gateway.exchange)
        _ = fail(.timedOut)
        gateway.now += 1_000
        #expect(try url() == "http://a")
    }

    @Test("suspension of 0 never suspends")
    func never() throws {
        deploy(.single, [GatewayEndpoint(url: "http://a", suspendMilliseconds: 0)])
        for _ in 0..<5 {
            #expect(try url() == "http://a")
            _ = fail(.connectFailed)
        }
    }

    @Test("codes with retries suspend only after them")
    func retries() throws {
        deploy(.single, [GatewayEndpoint(url: "http://a", retryErrorCodes: [101_504], retries: 2)])
        for _ in 0..<3 {
            #expect(try url() == "http://a")
            _ = fail(.timedOut)
        }
        #expect(try url() == "303001")
    }

    @Test("failures that come while an endpoint is suspended do not prolong it")
    func lateFailures() throws {
        deploy(
            .single,
            [GatewayEndpoint(url: "http://a", suspendMilliseconds: 1_000, suspendMaximumMilliseconds: 9_000, suspendFactor: 3)])
        _ = try url()
        for _ in 0..<4 { _ = fail(.closed) }
        gateway.now += 1_000
        #expect(try url() == "http://a")
    }

    @Test(
        "refusals carry the failure's code",
        arguments: [
            UpstreamFailure.sendFailed, .receiveFailed, .connectFailed, .timedOut, .closed, .protocolViolation,
            .connectTimedOut,
        ])
    func codes(failure: UpstreamFailure) throws {
        deploy(.single, [GatewayEndpoint(url: "http://a")])
        _ = try url()
        _ = fail(failure)
        let body = String(decoding: gateway.exchange.answer.body, as: UTF8.self)
        #expect(
            body.hasPrefix(#"{"code":"\#(failure.rawValue)","type":"Status report","message":"Runtime Error","description":""#))
    }

    @Test(
        "URLs of endpoints are taken apart",
        arguments: [
            ("http://a", "a:80"), ("https://A.test/", "a.test:443"), ("http://a:8080/x/y/", "a:8080/x/y"),
            ("http://[::1]:9/z", "::1:9/z"),
            ("HTTPS://a?x=/", "a:443"),
        ])
    func addresses(url: String, expected: String) throws {
        let address = try #require(EndpointAddress(url))
        #expect("\(address.host):\(address.port)\(address.path)" == expected)
    }

    @Test(
        "other texts are no endpoints",
        arguments: [
            "", "a", "ftp://a", "http://", "http://a:0", "http://a:70000", "http://u:p@a", "http://a b", "http://[::1",
            "http://a\r\nX: y",
        ])
    func malformed(url: String) throws {
        #expect(EndpointAddress(url) == nil)
        deploy(.single, [GatewayEndpoint(url: url)])
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.production = .init(strategy: .single, endpoints: [.init(url: url)]); $0.sandbox = nil
                }))
        #expect(try self.url() == "900901")
    }

    @Test("equal origins share a pool")
    func pools() throws {
        deploy(.roundRobin, ["http://a/x", "http://A:80/y", "https://a", "http://a:81"].map { GatewayEndpoint(url: $0) })
        let pools = try (0..<4).map { _ in
            _ = try url()
            return gateway.exchange.upstream?.pool
        }
        #expect(pools[0] == pools[1])
        #expect(Set(pools).count == 3)
    }
}
