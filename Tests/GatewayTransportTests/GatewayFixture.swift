import GatewayCore
import GatewayTransport
import NIOSSL

/// A gateway in front of raw servers.
struct GatewayFixture: Sendable {
    let server: GatewayServer
    let record: PipelineRecord
    var port: Int { server.ports[0] }

    static func start(
        to ports: [Int], timeout: Int = 5000, configure: (inout GatewaySettings) -> Void = { _ in }
    ) async throws -> GatewayFixture {
        let upstreams = ports.enumerated().map { upstream(port: $1, pool: $0, timeout: timeout) }
        return try await start(upstreams: upstreams, configure: configure)
    }

    static func start(
        upstreams: [Upstream], configure: (inout GatewaySettings) -> Void = { _ in }
    ) async throws -> GatewayFixture {
        let record = PipelineRecord()
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: 0)])
        configure(&settings)
        let server = try await GatewayServer.start(settings) { ForwardingPipeline(to: upstreams, record: record) }
        return GatewayFixture(server: server, record: record)
    }

    static func upstream(
        host: String = "127.0.0.1", port: Int, pool: Int = 0, isTLS: Bool = false, timeout: Int = 5000
    ) -> Upstream {
        Upstream(
            pool: pool, host: host, port: UInt16(port), isTLS: isTLS, hostField: Array("\(host):\(port)".utf8), pathPrefix: [],
            url: Array("http://\(host):\(port)".utf8), timeoutMilliseconds: timeout)
    }

    func stop() async throws { try await server.stop(grace: .milliseconds(200)) }

    func connect() async throws -> RawConnection { try await RawConnection.connect(port: port) }
}
