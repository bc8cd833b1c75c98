import GatewayCore
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The gateway's listeners on SwiftNIO: a fixed number of event loops, each with its own pipeline, connections and pools.
public final class GatewayServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<GatewayLoop>]
    private let listeners: [OpenListener]
    private let settings: GatewaySettings
    private let isStopping = Atomic(false)
    /// The port of each listener, in the order of the settings.
    public let ports: [Int]

    private init(
        group: MultiThreadedEventLoopGroup, loops: [NIOLoopBound<GatewayLoop>], listeners: [OpenListener],
        settings: GatewaySettings
    ) {
        self.settings = settings
        self.group = group
        self.loops = loops
        self.listeners = listeners
        ports = listeners.map { $0.channel.localAddress?.port ?? 0 }
    }

    /// Starts the loops and the listeners.
    ///
    /// - Parameter makePipeline: called once on each loop.
    /// - Throws: ``GatewayError`` when an address cannot be listened on; nothing is left running then.
    public static func start(
        _ settings: GatewaySettings, time: TimeSource = .system, makePipeline: @escaping @Sendable () -> RequestPipeline
    ) async throws -> GatewayServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.loops)
        var listeners: [OpenListener] = []
        do {
            let tlsContexts = try UpstreamTLS(settings.upstreams)
            var loops: [NIOLoopBound<GatewayLoop>] = []
            for eventLoop in group.makeIterator() {
                let isFirst = loops.isEmpty
                let loop = try await eventLoop.submit {
                    let loop = GatewayLoop(
                        eventLoop: eventLoop, settings: settings, pipeline: makePipeline(), time: time, tlsContexts: tlsContexts
                    )
                    loop.start()
                    if isFirst { loop.startHealthChecks() }
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get()
                loops.append(loop)
            }
            for listener in settings.listeners {
                listeners.append(try await bind(listener, group: group, loops: loops, settings: settings))
            }
            return GatewayServer(group: group, loops: loops, listeners: listeners, settings: settings)
        } catch {
            for listener in listeners { try? await listener.channel.close() }
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Makes a snapshot the valid one: when this returns, every loop has switched and no request starts with an older one.
    public func install(_ snapshot: Snapshot) async throws {
        let switched = loops.map { loop in loop.eventLoop.submit { loop.value.install(snapshot) } }
        for future in switched { try await future.get() }
    }

    /// Lets the HTTPS listeners show another certificate from the next connection on; throws, and changes nothing, when key and certificate
    /// do not fit each other.
    public func replaceCertificate(_ identity: ListenerIdentity) throws {
        for listener in listeners { try listener.tls?.replace(identity) }
    }

    /// Closes the listeners, lets requests end for at most `grace`, then closes what is left. Stopping again does nothing.
    public func stop(grace: Duration) async throws {
        guard !isStopping.exchange(true, ordering: .relaxed) else { return }
        for listener in listeners { try? await listener.channel.close() }
        let limit = TimeAmount.nanoseconds(
            grace.components.seconds * 1_000_000_000 + grace.components.attoseconds / 1_000_000_000)
        let drained = loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drain() } }
        let late = loops.map { loop in loop.eventLoop.scheduleTask(in: limit) { loop.value.abort() } }
        for future in drained { try? await future.get() }
        for task in late { task.cancel() }
        for loop in loops { try? await loop.eventLoop.submit { loop.value.abort() }.get() }
        try await group.shutdownGracefully()
        for sink in [settings.accessLog, settings.analyticsLog] { await sink?.flush() }
    }
}
