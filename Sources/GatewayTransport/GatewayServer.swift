import GatewayCore
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The gateway's listeners: a fixed number of event loops, each with its own pipeline, connections and pools. Plain HTTP runs on epoll
/// where the settings say so, all else on SwiftNIO.
public final class GatewayServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<GatewayLoop>]
    private let listeners: [OpenListener]
    private let settings: GatewaySettings
    private let plain: PlainServer?
    private let isStopping = Atomic(false)
    /// The port of each listener, in the order of the settings.
    public let ports: [Int]

    private init(
        group: MultiThreadedEventLoopGroup, loops: [NIOLoopBound<GatewayLoop>], listeners: [OpenListener], plain: PlainServer?,
        settings: GatewaySettings
    ) {
        self.settings = settings
        self.group = group
        self.loops = loops
        self.listeners = listeners
        self.plain = plain
        var plainPorts = plain?.ports[...] ?? []
        var otherPorts = listeners.map { $0.channel.localAddress?.port ?? 0 }[...]
        ports = settings.listeners.compactMap {
            PlainServer.serves($0, settings) ? plainPorts.popFirst() : otherPorts.popFirst()
        }
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
            let allowance = GatewayAllowance(
                connections: settings.connections, upstreamConnections: settings.upstreams.connections, limits: settings.limits,
                loops: settings.loops)
            let loops = try await startLoops(of: group, settings, allowance, time, makePipeline)
            for listener in settings.listeners where !PlainServer.serves(listener, settings) {
                listeners.append(try await bind(listener, group: group, loops: loops, settings: settings))
            }
            let plain = try await PlainServer.start(
                settings, allowance, besides: loops, time: time, makePipeline: makePipeline)
            return GatewayServer(group: group, loops: loops, listeners: listeners, plain: plain, settings: settings)
        } catch {
            for listener in listeners { try? await listener.channel.close() }
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func startLoops(
        of group: MultiThreadedEventLoopGroup, _ settings: GatewaySettings, _ allowance: GatewayAllowance, _ time: TimeSource,
        _ makePipeline: @escaping @Sendable () -> RequestPipeline
    ) async throws -> [NIOLoopBound<GatewayLoop>] {
        let tls = try UpstreamTLS(settings.upstreams)
        let unwellPlaces = UnwellPlaces()
        var loops: [NIOLoopBound<GatewayLoop>] = []
        for eventLoop in group.makeIterator() {
            let isFirst = loops.isEmpty
            let loop = try await eventLoop.submit {
                let loop = GatewayLoop(
                    eventLoop: eventLoop, settings: settings, allowance: allowance, pipeline: makePipeline(), time: time,
                    tls: tls, unwellPlaces: unwellPlaces)
                loop.start()
                if isFirst { loop.startHealthChecks() }
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            loops.append(loop)
        }
        return loops
    }

    /// Makes a snapshot the valid one: when this returns, every loop has switched and no request starts with an older one.
    public func install(_ snapshot: Snapshot) async throws {
        let switched = loops.map { loop in loop.eventLoop.submit { loop.value.install(snapshot) } }
        await plain?.install(snapshot)
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
        for loop in loops { loop.eventLoop.execute { loop.value.beginDraining() } }
        let late = abortAll(after: grace)
        // Until it has drained it may hand over connections to the others.
        await plain?.drain()
        for loop in loops { try? await loop.eventLoop.flatSubmit { loop.value.drain() }.get() }
        for task in late { task.cancel() }
        await plain?.stop()
        for loop in loops { try? await loop.eventLoop.submit { loop.value.abort() }.get() }
        try await group.shutdownGracefully()
        for sink in [settings.accessLog, settings.analyticsLog] { await sink?.flush() }
    }

    private func abortAll(after grace: Duration) -> [Scheduled<Void>] {
        let limit = TimeAmount.nanoseconds(
            grace.components.seconds * 1_000_000_000 + grace.components.attoseconds / 1_000_000_000)
        return loops.map { loop in
            loop.eventLoop.scheduleTask(in: limit) { [plain] in
                plain?.abort()
                loop.value.abort()
            }
        }
    }
}
