import Counters
import Foundation
import GatewayCore
import GatewayTransport
import Model

/// The gateway alone, with a configuration made in memory: what `bench` and `counts` measure.
///
/// usage: gateway-bench PORT UPSTREAM-URL plain|managed DIRECTORY [APIS] [RESOURCES] [TOKENS]
///
/// `plain` proxies open operations without logs; `managed` does the whole job. Tokens and the key set go into the directory before the
/// listener opens, logs while it runs.
@main
struct GatewayBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 5, let port = Int(arguments[1]) else {
            FileHandle.standardError.write(
                Data("usage: gateway-bench PORT UPSTREAM-URL plain|managed DIRECTORY [APIS] [RESOURCES] [TOKENS]\n".utf8))
            exit(2)
        }
        let isManaged = arguments[3] == "managed"
        let number = { (index: Int, fallback: Int) in arguments.count > index ? Int(arguments[index]) ?? fallback : fallback }
        let scenery = BenchScenery(
            upstream: arguments[2], isManaged: isManaged, apis: number(5, 1000), resources: number(6, 10), tokens: number(7, 200))
        let snapshot = try scenery.prepare(directory: arguments[4])
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: port)])
        var pipeline = PipelineSettings()
        pipeline.writesAccessLog = isManaged
        pipeline.writesEvents = isManaged
        if isManaged {
            settings.accessLog = LogSink(path: arguments[4] + "/access.log")
            settings.analyticsLog = LogSink(path: arguments[4] + "/analytics.log")
        }
        let quotas = QuotaCounters()
        let pipelineSettings = pipeline
        let server = try await GatewayServer.start(settings) {
            RequestPipeline(settings: pipelineSettings, quotas: quotas, snapshot: snapshot)
        }
        FileHandle.standardOutput.write(Data("ready on \(server.ports[0])\n".utf8))
        await Self.terminated()
        try await server.stop(grace: .seconds(1))
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
