import Model
import Testing

@testable import GatewayCore

@Suite("Metrics of a gateway")
struct MetricsTests {
    private func fixture(_ metrics: GatewayMetrics) throws -> GatewayFixture {
        var observers = GatewayObservers()
        observers.metrics = metrics
        let gateway = try GatewayFixture(observers: observers)
        gateway.put(.api(GatewayFixture.api()))
        return gateway
    }

    private func traffic(_ metrics: GatewayMetrics, _ name: String) -> MetricsReading.Traffic? {
        metrics.reading().traffic.first { $0.api.name == name }?.traffic
    }

    @Test("requests of all loops are summed up by API, verb, status and reason")
    func requests() throws {
        let metrics = GatewayMetrics()
        let token = ["Authorization: Bearer \(try GatewayFixture.token())"]
        for gateway in [try fixture(metrics), try fixture(metrics)] {
            try gateway.send("GET /pizza/1.0.0/menu", token)
            try gateway.send("GET /pizza/1.0.0/menu", token)
            try gateway.send("GET /pizza/1.0.0/menu")
            try gateway.send("PURGE /pizza/1.0.0/menu", token)
            try gateway.send("GET /nowhere")
        }
        let pizza = try #require(traffic(metrics, "Pizza"))
        #expect(
            pizza.requests.map { "\($0.verb) \($0.status) \($0.count)" } == ["GET 2xx 4", "GET 4xx 2", "OTHER 4xx 2"])
        #expect(
            pizza.faults.map { "\($0.type) \($0.reason) \($0.count)" } == [
                "AUTH AUTHENTICATION_FAILURE 2", "OTHER METHOD_NOT_ALLOWED 2",
            ])
        // 25 ms each: the fixture's clock.
        #expect(pizza.duration.counts[LatencyBounds.seconds.firstIndex(of: 0.025) ?? 0] == 8)
        #expect(pizza.duration.sumNanoseconds == 8 * 25_000_000)
        #expect(traffic(metrics, "(unknown)")?.requests.map { "\($0.verb) \($0.status) \($0.count)" } == ["GET 4xx 2"])
        #expect(metrics.reading().loops.checkedCredentials == 2)
    }

    @Test("APIs beyond the limit share their numbers, and none is counted twice")
    func limit() throws {
        let metrics = GatewayMetrics(limit: 1)
        for _ in 0..<2 {
            let gateway = try fixture(metrics)
            for number in 2...4 {
                gateway.put(
                    .api(
                        GatewayFixture.api {
                            $0.id = "api-\(number)"
                            $0.name = "Other \(number)"
                            $0.context = "/other/\(number)"
                        }))
            }
            for path in ["/pizza/1.0.0/menu", "/other/2/menu", "/other/3/menu", "/other/4/menu", "/other/4/menu"] {
                try gateway.send("GET \(path)")
            }
        }
        #expect(Set(metrics.reading().traffic.map(\.api.name)) == ["Pizza", "(others)"])
        #expect(traffic(metrics, "Pizza")?.requests.first?.count == 2)
        #expect(traffic(metrics, "(others)")?.requests.first?.count == 8)
    }

    @Test("a redeployed API goes on counting in its row")
    func redeployed() throws {
        let metrics = GatewayMetrics()
        let gateway = try fixture(metrics)
        try gateway.send("GET /pizza/1.0.0/menu")
        gateway.apply([.remove(kind: .api, key: "api-1/Default")])
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.id = "api-9"; $0.name = "Between"; $0.context = "/between"
                }))
        gateway.put(.api(GatewayFixture.api()))
        try gateway.send("GET /pizza/1.0.0/menu")
        #expect(traffic(metrics, "Pizza")?.requests.first?.count == 2)
    }

    @Test(
        "durations fall into the bucket that ends at or above them",
        arguments: [
            (0, 0), (500_000, 0), (500_001, 1), (1_000_000, 1), (2_500_001, 3), (60_000_000_000, 15), (60_000_000_001, 16),
        ] as [(UInt64, Int)])
    func buckets(nanoseconds: UInt64, bucket: Int) { #expect(LatencyBounds.bucket(nanoseconds: nanoseconds) == bucket) }

    @Test("connections to upstreams of several loops are told by address")
    func upstreams() {
        let metrics = GatewayMetrics(limit: 1)
        func upstream(_ host: String, pool: Int) -> Upstream {
            Upstream(
                pool: pool, host: host, port: 80, isTLS: false, hostField: [], pathPrefix: [], url: [], timeoutMilliseconds: 1)
        }
        for _ in 0..<2 {
            let loop = metrics.makeLoop()
            loop.clientOpened()
            loop.clientOpened()
            loop.clientClosed()
            loop.upstream(upstream("a", pool: 0), connections: 3, waiting: 1)
            loop.upstreamOpened(upstream("a", pool: 0))
            loop.upstreamFailed(upstream("b", pool: -1))
            loop.upstreamFailed(upstream("b", pool: -2))
        }
        let reading = metrics.reading()
        #expect(reading.loops.acceptedConnections == 4 && reading.loops.openConnections == 2)
        let upstreams = Dictionary(uniqueKeysWithValues: reading.upstreams.map { ($0.name, $0.upstream) })
        #expect(upstreams["a:80"]?.connections == 6 && upstreams["a:80"]?.waiting == 2 && upstreams["a:80"]?.opened == 2)
        #expect(upstreams["(others)"]?.failed == 4 && upstreams.count == 2)
    }
}
