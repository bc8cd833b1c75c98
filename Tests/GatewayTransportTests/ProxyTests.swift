import Model
import Testing

@testable import GatewayCore
@testable import GatewayTransport

/// Upstreams behind an HTTP proxy.
@Suite(.timeLimit(.minutes(10)))
struct ProxyTests {
    private static func upstream(_ proxyPort: Int, isTLS: Bool, isHTTP2: Bool = false) -> Upstream {
        let proxy = GatewayProxy(
            host: "127.0.0.1", port: proxyPort, isTLS: false, username: "gate", password: GatewaySecret("word"))
        return Upstream(
            pool: 0, host: "localhost", port: 9, isTLS: isTLS, isHTTP2: isHTTP2, hostField: Array("backend.example:9".utf8),
            pathPrefix: [],
            url: Array("http://backend.example:9".utf8), timeoutMilliseconds: 600_000,
            proxy: UpstreamProxy(proxy))
    }

    @Test("a proxy in front of a plain upstream gets whole URLs", arguments: WireTransport.allCases)
    func forwards(on transport: WireTransport) async throws {
        let proxy = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, upstreams: [Self.upstream(proxy.port, isTLS: false)]) { gateway in
            let client = try await gateway.connect()
            let line = "GET http://backend.example:9/again HTTP/1.1"
            #expect(try await gateway.expectsFit(client, until: line))
            #expect(
                proxy.requests.first?.contains("Host: backend.example:9\r\nProxy-Authorization: Basic Z2F0ZTp3b3Jk\r\n") == true
            )
        }
        await proxy.stop()
    }

    @Test("a TLS upstream is reached through a tunnel", arguments: WireTransport.allCases)
    func tunnels(on transport: WireTransport) async throws {
        let proxy = try await TunnelServer.start()
        let trust = try TestIdentity.certificates()
        try await GatewayFixture.run(
            transport, upstreams: [Self.upstream(proxy.port, isTLS: true)],
            configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            #expect(
                proxy.heads.value == [
                    "CONNECT localhost:9 HTTP/1.1\r\nHost: localhost:9\r\nProxy-Authorization: Basic Z2F0ZTp3b3Jk\r\n\r\n"
                ])
        }
        await proxy.stop()
    }

    @Test("an upstream of HTTP/2 is reached through a tunnel, and the tunnel kept", arguments: [false, true])
    func tunnelsHTTP2(isTLS: Bool) async throws {
        let proxy = try await TunnelServer.start(isTLS: isTLS, isHTTP2: true)
        let trust = try TestIdentity.certificates()
        try await GatewayFixture.run(
            .nio, upstreams: [Self.upstream(proxy.port, isTLS: isTLS, isHTTP2: true)],
            configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 {
                client.received.clear()
                let answer = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 204 "))
            }
            #expect(
                proxy.heads.value == [
                    "CONNECT localhost:9 HTTP/1.1\r\nHost: localhost:9\r\nProxy-Authorization: Basic Z2F0ZTp3b3Jk\r\n\r\n"
                ])
        }
        await proxy.stop()
    }

    @Test("a service is looked up, and its server reached through a tunnel")
    func tunnelsServices() async throws {
        let proxy = try await TunnelServer.start(isTLS: false)
        let names = try await NameServer.start([(1, 1, 4711, "shop-3.internal.example", 60)])
        let way = GatewayProxy(
            host: "127.0.0.1", port: proxy.port, isTLS: false, username: "gate", password: GatewaySecret("word"))
        let service = Upstream(
            pool: 0, host: "_shop._tcp.example.com", port: 80, isTLS: false, isService: true,
            hostField: Array("example.com".utf8), pathPrefix: [], url: Array("srv://_shop._tcp.example.com".utf8),
            timeoutMilliseconds: 600_000, proxy: UpstreamProxy(way))
        try await GatewayFixture.run(
            .nio, upstreams: [service], configure: { $0.upstreams.nameServers = [names.address] }
        ) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<2 { #expect(try await gateway.expectsFit(client)) }
            let target = "shop-3.internal.example:4711"
            #expect(
                proxy.heads.value == [
                    "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nProxy-Authorization: Basic Z2F0ZTp3b3Jk\r\n\r\n"
                ])
        }
        await names.stop()
        await proxy.stop()
    }

    @Test(
        "a proxy that opens no way is 101503",
        arguments: [
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n\r\n",
            "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nbytes that nobody asked for",
        ])
    func fails(_ answer: String) async throws {
        let proxy = try await RawServer.start { $0.hasSuffix("\r\n\r\n") ? Reply(text: answer) : nil }
        try await GatewayFixture.run(.nio, upstreams: [Self.upstream(proxy.port, isTLS: true)]) { gateway in
            let client = try await gateway.connect()
            let text = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
            #expect(text.hasPrefix("HTTP/1.1 500 "))
        }
        await proxy.stop()
    }

    @Test("a proxy that says nothing is given up")
    func expires() async throws {
        let proxy = try await RawServer.start()
        try await GatewayFixture.run(
            .nio, upstreams: [Self.upstream(proxy.port, isTLS: true)],
            configure: { $0.upstreams.connectMilliseconds = 200 }
        ) { gateway in
            let client = try await gateway.connect()
            let text = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
            #expect(text.hasPrefix("HTTP/1.1 500 "))
        }
        await proxy.stop()
    }
}
