import GatewayCore
import NIOCore
import NIOPosix

/// A loop's connections to one address. The connection used last is used next, so that hot ones stay hot and the others age.
class UpstreamPool {
    private let upstream: Upstream
    unowned let loop: GatewayLoop
    /// Certificates that count for the upstream beside the machine's authorities.
    private var trust: UpstreamTrust?
    /// Grows when other certificates count; connections that were opened before are not used again.
    private var generation = 0
    /// ``UnwellPlaces/Service/version`` that connections were chosen by.
    private var healthVersion = 0
    private var idle: [UpstreamHandler] = []
    private var waiters: [ProxyClient] = [] { didSet { tellMetrics() } }
    private var connections = 0 { didSet { tellMetrics() } }
    private var connecting = 0
    /// Shared with the other loops.
    private let allotment: Allotment

    init(upstream: Upstream, loop: GatewayLoop, trust: UpstreamTrust?) {
        self.upstream = upstream
        self.loop = loop
        self.trust = trust
        allotment = loop.allowance.connections(to: upstream.pool)
    }

    /// Lets other certificates count from the next request on.
    func setTrust(_ trust: UpstreamTrust?) {
        guard trust !== self.trust else { return }
        self.trust = trust
        renew()
    }

    /// Has the next requests use new connections.
    private func renew() {
        generation += 1
        close()
    }

    /// Has connections to the servers of a service chosen anew when others of them are well.
    final func heedHealth() {
        let version = loop.unwellPlaces.service(upstream.pool).version
        guard version != healthVersion else { return }
        healthVersion = version
        renew()
    }

    final var isTLS: Bool { upstream.isTLS }
    final var isService: Bool { upstream.isService }
    /// Whether requests are streams of shared connections.
    var isMultiplexed: Bool { false }

    enum Acquisition {
        case connection(UpstreamHandler)
        /// The client is called back.
        case waiting
        /// Too many wait already.
        case exhausted
    }

    /// Gives a kept connection or has the client wait for one. `fresh` asks for a new connection.
    func acquire(for client: ProxyClient, fresh: Bool) -> Acquisition {
        if isService { heedHealth() }
        if fresh {
            allotment.takeAnyway()
            connect(reservation: client)
            return .waiting
        }
        while let connection = idle.popLast() {
            if connection.isOpen { return .connection(connection) }
        }
        guard waiters.count < loop.settings.upstreams.waiters else { return .exhausted }
        waiters.append(client)
        connectForWaiters()
        return .waiting
    }

    /// Takes a connection back after an exchange.
    func release(_ connection: UpstreamHandler) {
        connection.client = nil
        guard connection.isOpen else { return }
        guard connection.generation == generation else { return connection.close() }
        connection.served += 1
        if waiters.isEmpty {
            let now = loop.now().milliseconds
            if connection.openedAt + loop.settings.upstreams.longestMilliseconds < now { return connection.close() }
            connection.idleSince = now
            idle.append(connection)
        } else {
            serve(waiters.removeFirst(), with: connection)
        }
    }

    /// The client no longer wants a connection.
    func cancel(_ client: ProxyClient) { waiters.removeAll { $0 === client } }

    func closeIdle(before milliseconds: Int64) {
        guard let first = idle.first, first.idleSince < milliseconds else { return }
        let old = idle.prefix { $0.idleSince < milliseconds }
        idle.removeFirst(old.count)
        for connection in old { connection.close() }
    }

    func close() {
        for connection in idle { connection.close() }
        idle.removeAll()
    }

    private func tellMetrics() {
        loop.context.pipeline.metrics?.upstream(upstream, connections: connections, waiting: waiters.count)
    }

    // MARK: Connecting

    private func connectForWaiters() {
        guard connecting < waiters.count else { return }
        if connections == 0 { allotment.takeAnyway() } else { guard allotment.take() else { return } }
        connect(reservation: nil)
    }

    /// The connection is taken from the allotment already.
    private func connect(reservation: ProxyClient?) {
        connections += 1
        connecting += 1
        let handler = UpstreamHandler(pool: self, reservation: reservation, generation: generation)
        connect([handler]) { handler.failedToConnect($0) }
    }

    /// Opens a connection with these handlers behind those for TLS and a proxy, where the upstream has to do with these; calls back, on the
    /// loop and not at once, if that fails.
    final func connect(_ handlers: [any ChannelHandler], _ whenFailed: @escaping (UpstreamFailure) -> Void) {
        guard upstream.isService else { return connect(handlers, to: upstream.host, upstream.port, whenFailed) }
        loop.services.find(upstream.host, loop.unwellPlaces.service(upstream.pool)) { [self] place in
            guard let place else { return loop.flushes.add { whenFailed(.connectFailed) } }
            connect(handlers, to: place.target, place.port, whenFailed)
        }
    }

    private func connect(
        _ handlers: [any ChannelHandler], to host: String, _ port: UInt16, _ whenFailed: @escaping (UpstreamFailure) -> Void
    ) {
        let route = UpstreamRoute(
            upstream: upstream, trust: trust, tls: loop.tls, timeoutMilliseconds: loop.settings.upstreams.connectMilliseconds)
        let bound = NIOLoopBound((route, handlers), eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.milliseconds(loop.settings.upstreams.connectMilliseconds))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 8192, initial: 8192, maximum: 65_536)
            )
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (route, handlers) = bound.value
                    try route.prepare(channel, to: host, port, handlers)
                }
            }
            .connect(host: route.firstHost(to: host), port: route.firstPort(to: port))
            .assumeIsolated().whenFailure { whenFailed(Self.failure(of: $0)) }
    }

    private static func failure(of error: any Error) -> UpstreamFailure {
        switch error {
        case ChannelError.connectTimeout: .connectTimedOut
        case let error as NIOConnectionError where error.connectionErrors.contains { $0.error is ChannelError }:
            .connectTimedOut
        default: .connectFailed
        }
    }

    func connected(_ connection: UpstreamHandler) {
        connecting -= 1
        // Other certificates count than those that the upstream was checked by.
        if connection.generation != generation, connection.reservation == nil { return connection.close() }
        loop.context.pipeline.metrics?.upstreamOpened(upstream)
        if let client = connection.reservation {
            if client.isWaiting(for: self) { return serve(client, with: connection) }
        } else if !waiters.isEmpty {
            return serve(waiters.removeFirst(), with: connection)
        }
        connection.idleSince = loop.now().milliseconds
        idle.append(connection)
    }

    func failedToConnect(_ connection: UpstreamHandler, _ failure: UpstreamFailure) {
        connecting -= 1
        connections -= 1
        loop.context.pipeline.metrics?.upstreamFailed(upstream)
        allotment.giveBack()
        if let client = connection.reservation {
            if client.isWaiting(for: self) { client.upstreamEnded(failure) }
        } else if !waiters.isEmpty {
            waiters.removeFirst().upstreamEnded(failure)
        }
        connectForWaiters()
    }

    /// A connection that had been open is gone.
    func ended(_ connection: UpstreamHandler) {
        connections -= 1
        allotment.giveBack()
        idle.removeAll { $0 === connection }
        connectForWaiters()
    }

    private func serve(_ client: ProxyClient, with connection: UpstreamHandler) { client.upstreamConnected(connection) }
}
