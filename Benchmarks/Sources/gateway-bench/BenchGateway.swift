import Counters
import Foundation
import GatewayCore
import GatewayTransport

/// One gateway on one event loop, until it is asked to end.
struct BenchGateway {
    var directory: String
    var scenery: BenchScenery
    var port: Int

    /// Listens, says `ready on PORT`, and serves until SIGTERM or Ctrl-C.
    func run() async throws {
        let snapshot = scenery.snapshot(keySet: try keySet())
        var pipeline = PipelineSettings()
        pipeline.writesAccessLog = scenery.isManaged
        pipeline.writesEvents = scenery.isManaged
        let quotas = QuotaCounters()
        let pipelineSettings = pipeline
        let server = try await GatewayServer.start(settings()) {
            RequestPipeline(settings: pipelineSettings, quotas: quotas, snapshot: snapshot)
        }
        FileHandle.standardOutput.write(Data("ready on \(server.ports[0])\n".utf8))
        await Self.terminated()
        try await server.stop(grace: .seconds(1))
    }

    private func keySet() throws -> String {
        scenery.isManaged ? try String(contentsOfFile: directory + "/jwks.json", encoding: .utf8) : ""
    }

    private func settings() -> GatewaySettings {
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: port)])
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
