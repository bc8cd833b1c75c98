import GatewayCore
import Model
import NIOCore

#if os(Linux)
    import GatewayEpoll
#endif

/// The plain listeners that do not run on SwiftNIO, where the system has something cheaper and the settings want it.
struct PlainServer: Sendable {
    #if os(Linux)
        private let server: EpollServer

        static func serves(_ listener: GatewayListener, _ settings: GatewaySettings) -> Bool {
            settings.plainTransport == .epoll && listener.identity == nil
        }

        /// Starts the listeners that it serves, if there are any; `loops` get the connections that it cannot serve to their end.
        static func start(
            _ settings: GatewaySettings, _ allowance: GatewayAllowance, besides loops: [NIOLoopBound<GatewayLoop>],
            time: TimeSource, makePipeline: @escaping @Sendable () -> RequestPipeline
        ) async throws -> PlainServer? {
            let listeners = settings.listeners.filter { serves($0, settings) }
            guard !listeners.isEmpty else { return nil }
            let adopter = ConnectionAdopter(loops: loops, settings: settings)
            do {
                let epoll = EpollSettings(settings, allowance, listeners, adopter)
                return PlainServer(server: try await EpollServer.start(epoll, time: time, makePipeline: makePipeline))
            } catch let failure as EpollServer.ListenFailure {
                let listener = listeners[failure.index]
                if failure.error.isAddressInUse { throw GatewayError.portInUse(host: listener.host, port: listener.port) }
                throw GatewayError.cannotListen(host: listener.host, port: listener.port, reason: "\(failure.error)")
            }
        }

        var ports: [Int] { server.ports }
        func install(_ snapshot: Snapshot) async { await server.install(snapshot) }
        func drain() async { await server.drain() }
        func abort() { server.abort() }
        func stop() async { await server.stop() }
    #else
        static func serves(_ listener: GatewayListener, _ settings: GatewaySettings) -> Bool { false }

        static func start(
            _ settings: GatewaySettings, _ allowance: GatewayAllowance, besides loops: [NIOLoopBound<GatewayLoop>],
            time: TimeSource, makePipeline: @escaping @Sendable () -> RequestPipeline
        ) async throws -> PlainServer? { nil }

        var ports: [Int] { [] }
        func install(_ snapshot: Snapshot) async {}
        func drain() async {}
        func abort() {}
        func stop() async {}
    #endif
}

#if os(Linux)
    extension EpollSettings {
        fileprivate init(
            _ settings: GatewaySettings, _ allowance: GatewayAllowance, _ listeners: [GatewayListener],
            _ adopter: ConnectionAdopter
        ) {
            self.init(
                addresses: listeners.map { ($0.host, $0.port) }, allowance: allowance,
                facts: {
                    ConnectionFacts(address: $0.bytes, text: $0.text, localPort: $1, isTLS: false, settings, at: $2)
                },
                handOver: { adopter.adopt($0) })
            loops = settings.loops
            limits = settings.limits
            timeouts = settings.timeouts
            upstreams.waiters = settings.upstreams.waiters
            upstreams.idleMilliseconds = settings.upstreams.idleMilliseconds
            upstreams.longestMilliseconds = settings.upstreams.longestMilliseconds
            upstreams.connectMilliseconds = settings.upstreams.connectMilliseconds
            if let sink = settings.accessLog { writeAccessLog = { sink.write($0) } }
            if let sink = settings.analyticsLog { writeAnalytics = { sink.write($0) } }
        }
    }
#endif
