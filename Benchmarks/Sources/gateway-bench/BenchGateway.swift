import Counters
import Foundation
import GatewayCore
import GatewayTransport

/// One gateway, until it is asked to end.
struct BenchGateway {
    /// What carries its listener.
    enum Carrier: String { case nio, epoll, tls }

    var directory: String
    var scenery: BenchScenery
    var port = 0
    var carrier = Carrier.nio
    var loops = 1

    /// Listens, says `ready on PORT`, and serves until SIGTERM or Ctrl-C.
    func run() async throws {
        let snapshot = scenery.snapshot(keySet: try keySet())
        var pipeline = PipelineSettings()
        pipeline.writesAccessLog = scenery.isManaged
        pipeline.writesEvents = scenery.isManaged
        let quotas = QuotaCounters()
        let pipelineSettings = pipeline
        let server = try await GatewayServer.start(try settings()) {
            RequestPipeline(settings: pipelineSettings, quotas: quotas, snapshot: snapshot)
        }
        FileHandle.standardOutput.write(Data("ready on \(server.ports[0])\n".utf8))
        await Self.terminated()
        try await server.stop(grace: .seconds(1))
    }

    private func keySet() throws -> String {
        scenery.isManaged ? try text(of: "jwks.json") : ""
    }

    private func text(of file: String) throws -> String { try String(contentsOfFile: directory + "/" + file, encoding: .utf8) }

    private func settings() throws -> GatewaySettings {
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: port)])
        settings.loops = loops
        settings.plainTransport = carrier == .epoll ? .epoll : .nio
        if carrier == .tls {
            settings.listeners[0].identity = try ListenerIdentity(
                certificatePEM: text(of: "certificate.pem"), privateKeyPEM: text(of: "key.pem"))
        }
        if scenery.isManaged {
            settings.accessLog = LogSink(path: directory + "/access.log")
            settings.analyticsLog = LogSink(path: directory + "/analytics.log")
        }
        return settings
    }

    /// Returns when the process is asked to end.
    private static func terminated() async {
        signal(SIGTERM, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        let sources = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for source in sources {
            source.setEventHandler { continuation.yield() }
            source.resume()
        }
        for await _ in stream { break }
        for source in sources { source.cancel() }
    }
}
