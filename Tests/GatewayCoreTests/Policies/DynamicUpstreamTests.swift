import Model
import Testing

@testable import GatewayCore

@Suite("Upstreams that policies choose")
struct DynamicUpstreamTests {
    @Test("a server has one number in all loops, which no endpoint of an API has")
    func numbers() throws {
        let loops = [DynamicUpstreams(), DynamicUpstreams()]
        _ = loops[0].upstream(for: "http://only-here.example")
        let first = try loops.map { try #require($0.upstream(for: "http://dynamic.example/a")) }
        #expect(first[0].pool == first[1].pool && first[0].pool >= 0)
        #expect(try #require(loops[1].upstream(for: "http://dynamic.example/b")).pool == first[0].pool)
        #expect(try #require(loops[1].upstream(for: "https://dynamic.example/a")).pool != first[0].pool)
        let gateway = try GatewayFixture()
        let endpoints = (0..<20).map { GatewayEndpoint(url: "http://backend-\($0)") }
        gateway.put(
            .api(GatewayFixture.api { $0.production = GatewayEndpointGroup(strategy: .roundRobin, endpoints: endpoints) }))
        var pools: Set<Int> = []
        for _ in 0..<20 {
            #expect(try gateway.send("GET /pizza/1.0.0/open/a").verdict == .forward)
            pools.insert(try #require(gateway.chosenPool))
        }
        #expect(pools.count == 20 && !pools.contains(first[0].pool))
    }

    @Test("they are reached through the proxy as other upstreams are")
    func proxies() throws {
        let proxy = EgressProxy(
            proxy: GatewayProxy(host: "proxy", port: 3128, isTLS: false, username: "", password: GatewaySecret("")),
            directHosts: ["*.internal"])
        let upstreams = DynamicUpstreams(proxy: proxy)
        #expect(try #require(upstreams.upstream(for: "http://elsewhere.example")).proxy?.host == "proxy")
        #expect(try #require(upstreams.upstream(for: "http://stock.internal")).proxy == nil)
    }
}
