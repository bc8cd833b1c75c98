import Model
import Testing

@testable import GatewayCore

@Suite("Endpoints that are not the same for all requests")
struct EndpointChoiceTests {
    let gateway: GatewayFixture

    init() throws { gateway = try GatewayFixture() }

    private func deploy(
        _ endpoints: [GatewayEndpoint], _ strategy: GatewayEndpointGroup.Strategy = .roundRobin,
        affinity: GatewayAffinity? = nil
    ) {
        let group = GatewayEndpointGroup(strategy: strategy, endpoints: endpoints, affinity: affinity)
        gateway.put(
            .api(
                GatewayFixture.api { api in
                    api.production = group
                    api.operations += ["/shops/{shop}/orders/{order}", "/shops"].map {
                        GatewayOperation(verb: "GET", target: $0, authType: "None", policy: "Unlimited", scopes: [])
                    }
                }))
    }

    private static let three = ["http://a", "http://b", "http://c"].map { GatewayEndpoint(url: $0) }

    // MARK: Sessions

    @Test("a cookie keeps a client at its endpoint")
    func cookies() throws {
        deploy(Self.three, affinity: GatewayAffinity(kind: .cookie, timeoutMilliseconds: 90_000))
        let first = try gateway.send("GET /pizza/1.0.0/open/a")
        let cookie = try #require(first.value("Set-Cookie"))
        #expect(cookie.hasSuffix("; Path=/pizza/1.0.0; Max-Age=90; HttpOnly; SameSite=Lax"))
        let pair = String(cookie.prefix { $0 != ";" })
        for _ in 0..<5 {
            #expect(try gateway.send("GET /pizza/1.0.0/open/a", ["Cookie: x=1; \(pair); y=2"]).url == first.url)
        }
        gateway.isTLS = true
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").value("Set-Cookie")?.hasSuffix("; Secure") == true)
    }

    @Test("a client whose endpoint is suspended, or that names none, is placed anew")
    func lostCookies() throws {
        deploy(Self.three, affinity: GatewayAffinity(kind: .cookie))
        let first = try gateway.send("GET /pizza/1.0.0/open/a")
        let pair = String(try #require(first.value("Set-Cookie")).prefix { $0 != ";" })
        _ = gateway.pipeline.upstreamFailed(.connectFailed, gateway.exchange, canRepeat: false, nowMilliseconds: gateway.now)
        #expect(try gateway.send("GET /pizza/1.0.0/open/a", ["Cookie: \(pair)"]).url != first.url)
        for cookie in ["MARTLET_ENDPOINT=zz", "MARTLET_ENDPOINT=0000000000000000", "MARTLET_ENDPOINT", ";;"] {
            #expect(try gateway.send("GET /pizza/1.0.0/open/a", ["Cookie: \(cookie)"]).verdict == .forward)
        }
    }

    @Test("clients are kept apart by address, and only those of a suspended endpoint move")
    func addresses() throws {
        deploy(Self.three, affinity: GatewayAffinity(kind: .client))
        func places() throws -> [String] {
            try (0..<60).map { number in
                try gateway.send("GET /pizza/1.0.0/open/a", ["X-Forwarded-For: 10.0.0.\(number)"]).url
            }
        }
        let before = try places()
        #expect(try places() == before)
        #expect(Set(before).count == 3)
        _ = try gateway.send("GET /pizza/1.0.0/open/a", ["X-Forwarded-For: 10.0.0.0"])
        _ = gateway.pipeline.upstreamFailed(.connectFailed, gateway.exchange, canRepeat: false, nowMilliseconds: gateway.now)
        for (old, new) in zip(before, try places()) { #expect(old == before[0] ? new != old : new == old) }
    }

    // MARK: Variables

    @Test(
        "variables in the path of an endpoint take parts of the request's path",
        arguments: [
            ("/shops/7/orders/x%20y?a=b", "GET /x%20y/of/7/shops/7/orders/x%20y?a=b HTTP/1.1")
        ])
    func templates(path: String, line: String) throws {
        deploy([GatewayEndpoint(url: "http://a/{uri.var.order}/of/{uri.var.shop}")], .single)
        let sent = try gateway.send("GET /pizza/1.0.0\(path)")
        #expect(sent.upstreamHead.hasPrefix(line + "\r\nHost: a\r\n"))
    }

    @Test("a resource without the variable is refused with a sentence that names it")
    func missingVariables() throws {
        deploy([GatewayEndpoint(url: "http://a/{uri.var.shop}")], .single)
        let sent = try gateway.send("GET /pizza/1.0.0/shops")
        #expect(sent.status == 500 && sent.code == 101_500)
        #expect(sent.body.contains("{uri.var.shop}"))
    }

    @Test("after a failure the next endpoint gets its own path")
    func templatesMoveOn() throws {
        let endpoints = ["http://a/a/{uri.var.shop}", "http://b/b", "http://c/c/{uri.var.order}"].map {
            GatewayEndpoint(url: $0)
        }
        deploy(endpoints, .failover)
        let paths = ["/a/7/shops/7/orders/1", "/b/shops/7/orders/1", "/c/1/shops/7/orders/1"]
        let subject = ScriptedConnection(pipeline: gateway.pipeline)
        #expect(subject.client("GET /pizza/1.0.0/shops/7/orders/1 HTTP/1.1\r\nHost: x\r\n\r\n") == .acquireUpstream)
        for path in paths {
            subject.toUpstream = ""
            subject.ready()
            #expect(subject.toUpstream.hasPrefix("GET \(path) HTTP/1.1\r\n"))
            subject.fails(.receiveFailed)
        }
    }

    @Test("a variable in the place of the server makes no endpoint")
    func noServers() throws {
        let group = GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "http://{uri.var.shop}/x")])
        gateway.put(
            .api(
                GatewayFixture.api {
                    $0.production = group
                    $0.sandbox = nil
                }))
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").code == 900_901)
    }

    // MARK: Health

    @Test("an endpoint that checks find unwell gets nothing until they find it well")
    func health() throws {
        let check = GatewayHealthCheckTerms(
            path: "/", intervalMilliseconds: 1, timeoutMilliseconds: 1, failures: 1, successes: 1)
        deploy(["http://a", "http://b"].map { GatewayEndpoint(url: $0, healthCheck: check) }, .failover)
        let checks = gateway.builder.build().healthChecks
        #expect(checks.map { String(decoding: $0.upstream.url, as: UTF8.self) } == ["http://a", "http://b"])
        checks[0].setWell(false)
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").url == "http://b")
        checks[1].setWell(false)
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").code == 303_000)
        checks[0].setWell(true)
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").url == "http://a")
        gateway.apply([.remove(kind: .api, key: GatewayEntity.api(GatewayFixture.api()).key)])
        #expect(gateway.builder.build().healthChecks.isEmpty)
    }

    @Test("a failure that does not suspend lets the endpoint rest for the delay")
    func delay() throws {
        let endpoint = GatewayEndpoint(
            url: "http://a", retryErrorCodes: [101_503], retries: 2, retryDelayMilliseconds: 500)
        deploy([endpoint], .single)
        for _ in 0..<2 {
            #expect(try gateway.send("GET /pizza/1.0.0/open/a").verdict == .forward)
            _ = gateway.pipeline.upstreamFailed(
                .connectFailed, gateway.exchange, canRepeat: false, nowMilliseconds: gateway.now)
            #expect(try gateway.send("GET /pizza/1.0.0/open/a").code == 303_001)
            gateway.now += 500
        }
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").verdict == .forward)
        _ = gateway.pipeline.upstreamFailed(.connectFailed, gateway.exchange, canRepeat: false, nowMilliseconds: gateway.now)
        gateway.now += 29_999
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").code == 303_001)
        gateway.now += 1
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").verdict == .forward)
    }
}
