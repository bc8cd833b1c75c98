import GatewayCore
import GatewayTransport
import Model
import Testing

/// Questions to endpoints whether they are well.
@Suite(.timeLimit(.minutes(10)))
struct HealthCheckTests {
    private func api(_ ports: [Int], scheme: String = "http") -> GatewayAPI {
        api(urls: ports.map { "\(scheme)://127.0.0.1:\($0)" })
    }

    private func api(urls: [String]) -> GatewayAPI {
        let check = GatewayHealthCheckTerms(
            path: "/health?x=1", intervalMilliseconds: 20, timeoutMilliseconds: 60_000, failures: 2, successes: 2)
        return GatewayAPI(
            id: "api-1", number: 1, environment: "Default", revisionID: "1", tenant: -1234, tenantDomain: "carbon.super",
            name: "Pizza", version: "1", provider: "admin", type: "HTTP", context: "/pizza", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: ["http"], securitySchemes: ["oauth2"],
            authorizationHeader: "Authorization", apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [],
            requiresSubscription: true, cors: nil, policy: nil,
            production: GatewayEndpointGroup(
                strategy: .failover,
                endpoints: urls.map { GatewayEndpoint(url: $0, healthCheck: check) }),
            sandbox: nil,
            operations: [GatewayOperation(verb: "GET", target: "/*", authType: "None", policy: "Unlimited", scopes: [])])
    }

    /// Answers checks with a status that the test may change, and everything else with its own name.
    private func backend(_ name: String, _ status: Observed<String>) async throws -> RawServer {
        try await RawServer.start { request in
            guard request.hasSuffix("\r\n\r\n") else { return nil }
            guard request.hasPrefix("GET /health?x=1 HTTP/1.1\r\n") else { return .ok(name) }
            return Reply(text: "HTTP/1.1 \(status.value)\r\nContent-Length: 0\r\n\r\n", closes: true)
        }
    }

    private func run(
        _ api: GatewayAPI, proxy: Int? = nil, names: NameServer? = nil, _ body: (GatewayServer) async throws -> Void
    ) async throws {
        var defaults = SnapshotDefaults()
        defaults.proxy = proxy.map {
            EgressProxy(
                proxy: GatewayProxy(
                    host: "127.0.0.1", port: $0, isTLS: false, username: "gate", password: GatewaySecret("word")),
                directHosts: [])
        }
        var builder = SnapshotBuilder(defaults: defaults)
        builder.apply([.put(.api(api))])
        let first = builder.build()
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: 0)])
        if let names { settings.upstreams.nameServers = [names.address] }
        let server = try await GatewayServer.start(settings) { RequestPipeline(snapshot: first) }
        do { try await body(server) } catch {
            try await server.stop(grace: .zero)
            throw error
        }
        try await server.stop(grace: .zero)
    }

    /// Sends requests until one of them is answered so.
    private func answers(_ server: GatewayServer, _ text: String) async throws {
        while true {
            let client = try await RawConnection.connect(port: server.ports[0])
            try await client.send("GET /pizza/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answer = await client.receiveAll()
            if answer.contains(text) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("requests leave an endpoint that answers its checks wrongly, and come back when it is well again")
    func leavesAndComesBack() async throws {
        let status = Observed("200 OK")
        let first = try await backend("first", status)
        let second = try await backend("second", Observed("204 No Content"))
        try await run(api([first.port, second.port])) { server in
            try await answers(server, "first")
            status.change { $0 = "503 Service Unavailable" }
            try await answers(server, "second")
            status.change { $0 = "200 OK" }
            try await answers(server, "first")
        }
        await first.stop()
        await second.stop()
    }

    @Test("an endpoint that takes no connection is unwell before any request fails there")
    func noticesAbsence() async throws {
        let gone = try await RawServer.start()
        await gone.stop()
        try await run(api([gone.port])) { server in try await answers(server, "\"303000\"") }
    }

    @Test("an endpoint behind a proxy is asked through it, and what the proxy says of it counts")
    func asksThroughProxy() async throws {
        let status = Observed("200 OK")
        let proxy = try await RawServer.start { request in
            guard request.hasSuffix("\r\n\r\n") else { return nil }
            let isCheck = request.hasPrefix("GET http://127.0.0.1:9/health?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n")
            guard isCheck, request.contains("\r\nProxy-Authorization: Basic Z2F0ZTp3b3Jk\r\n") else { return .ok("call") }
            return Reply(text: "HTTP/1.1 \(status.value)\r\nContent-Length: 0\r\n\r\n", closes: true)
        }
        try await run(api([9]), proxy: proxy.port) { server in
            try await answers(server, "call")
            status.change { $0 = "502 Bad Gateway" }
            try await answers(server, "\"303000\"")
            status.change { $0 = "200 OK" }
            try await answers(server, "call")
        }
        await proxy.stop()
    }

    @Test("an endpoint with TLS behind a proxy is asked through a tunnel")
    func asksThroughTunnel() async throws {
        let proxy = try await RawServer.start { $0.hasSuffix("\r\n\r\n") ? .ok("no way") : nil }
        try await run(api([9], scheme: "https"), proxy: proxy.port) { server in
            try await answers(server, "\"303000\"")
            #expect(proxy.requests.first?.hasPrefix("CONNECT 127.0.0.1:9 HTTP/1.1\r\n") == true)
        }
        await proxy.stop()
    }

    @Test("of a service every server is asked, and requests go to those that are well")
    func asksServers() async throws {
        let (status, other) = (Observed("200 OK"), Observed("200 OK"))
        let first = try await backend("first", status)
        let second = try await backend("second", other)
        // The second is for when there is no other.
        let names = try await NameServer.start([
            (1, 1, UInt16(first.port), "127.0.0.1", 60), (2, 1, UInt16(second.port), "127.0.0.1", 60),
        ])
        try await run(api(urls: ["srv://_shop._tcp.example.com"]), names: names) { server in
            try await answers(server, "first")
            status.change { $0 = "503 Service Unavailable" }
            try await answers(server, "second")
            other.change { $0 = "503 Service Unavailable" }
            try await answers(server, "\"303000\"")
            status.change { $0 = "200 OK" }
            try await answers(server, "first")
        }
        await names.stop()
        await first.stop()
        await second.stop()
    }

    @Test("checks end with the API")
    func ends() async throws {
        let backend = try await backend("first", Observed("200 OK"))
        let api = api([backend.port])
        try await run(api) { server in
            _ = await backend.connection(0)
            try await server.install(.empty)
            // What was under way may still come.
            try await Task.sleep(for: .milliseconds(50))
            let count = backend.accepted
            try await Task.sleep(for: .milliseconds(200))
            #expect(backend.accepted == count)
        }
        await backend.stop()
    }
}
