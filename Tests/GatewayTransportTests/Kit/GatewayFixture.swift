import GatewayCore
import GatewayTransport

/// What carries the bytes of the listener under test. Each test of the wire runs on all of them.
typealias WireTransport = PlainTransport

/// A gateway in front of raw servers.
struct GatewayFixture: Sendable {
    let server: GatewayServer
    let record: PipelineRecord
    var port: Int { server.ports[0] }

    /// Starts a gateway whose requests go to the first of the ports, and after failures to the next; stops it after `body`.
    ///
    /// - Parameter timeout: of the upstreams, in milliseconds.
    static func run(
        _ transport: WireTransport, to ports: [Int], timeout: Int = 600_000,
        configure: (inout GatewaySettings) -> Void = { _ in }, _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        let upstreams = ports.enumerated().map { upstream(port: $1, pool: $0, timeout: timeout) }
        try await run(transport, upstreams: upstreams, configure: configure, body)
    }

    static func run(
        _ transport: WireTransport, upstreams: [Upstream], configure: (inout GatewaySettings) -> Void = { _ in },
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        let record = PipelineRecord()
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: 0)])
        settings.plainTransport = transport
        // Only the deadlines that a test is about may come, however slow the machine is.
        settings.timeouts.head = 600_000
        settings.timeouts.keepAlive = 600_000
        settings.timeouts.body = 600_000
        settings.timeouts.linger = 600_000
        settings.upstreams.connectMilliseconds = 600_000
        settings.upstreams.idleMilliseconds = 600_000
        configure(&settings)
        let server = try await GatewayServer.start(settings) { ForwardingPipeline(to: upstreams, record: record) }
        let gateway = GatewayFixture(server: server, record: record)
        do {
            try await body(gateway)
        } catch {
            try await server.stop(grace: .zero)
            throw error
        }
        try await server.stop(grace: .zero)
    }

    /// The same in front of one server, which is stopped too.
    static func run(
        _ transport: WireTransport, to backend: RawServer, timeout: Int = 600_000,
        configure: (inout GatewaySettings) -> Void = { _ in }, _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await run(transport, to: [backend.port], timeout: timeout, configure: configure, body)
        await backend.stop()
    }

    static func upstream(
        host: String = "127.0.0.1", port: Int, pool: Int = 0, isTLS: Bool = false, isHTTP2: Bool = false,
        timeout: Int = 600_000
    ) -> Upstream {
        Upstream(
            pool: pool, host: host, port: UInt16(port), isTLS: isTLS, isHTTP2: isHTTP2,
            hostField: Array("\(host):\(port)".utf8), pathPrefix: [],
            url: Array("http://\(host):\(port)".utf8), timeoutMilliseconds: timeout)
    }

    /// What ``begin(through:)`` asks for.
    static let get = "GET /again HTTP/1.1\r\nHost: x\r\n\r\n"

    /// Starts an exchange, up to where its upstream has the request.
    func begin(through backend: RawServer) async throws -> (client: RawConnection, upstream: RawConnection) {
        let client = try await connect()
        try await client.send(Self.get)
        let upstream = await backend.connection()
        await upstream.receive(until: "\r\n\r\n")
        return (client, upstream)
    }

    func connect(checksBody: Bool = false, receiveBuffer: Int? = nil) async throws -> RawConnection {
        try await RawConnection.connect(port: port, checksBody: checksBody, receiveBuffer: receiveBuffer)
    }

    /// Checks that a connection is fit for another request: sends one and expects `answer` at its end.
    func expectsFit(_ client: RawConnection, until answer: String = "GET /again HTTP/1.1") async throws -> Bool {
        let text = try await client.exchange(Self.get, until: answer)
        return text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix(answer)
    }
}
