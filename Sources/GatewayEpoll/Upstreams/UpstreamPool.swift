import GatewayCore

/// A loop's connections to one address. The connection used last is used next, so that hot ones stay hot and the others age.
final class UpstreamPool {
    let upstream: Upstream
    let loop: EpollLoop
    /// Whether the last answer was a long one, so that the next one probably is.
    var expectsLongAnswers = false
    private var idle: [UpstreamSocket] = []
    private var waiters: [ClientSocket] = [] { didSet { tellMetrics() } }
    private var connections = 0 {
        didSet {
            loop.upstreamCount += connections - oldValue
            tellMetrics()
        }
    }
    private var connecting = 0
    /// Shared with the other loops.
    private let allotment: Allotment

    init(upstream: Upstream, loop: EpollLoop) {
        self.upstream = upstream
        self.loop = loop
        allotment = loop.settings.allowance.connections(to: upstream.pool)
    }

    enum Acquisition {
        case connection(UpstreamSocket)
        /// The client is called back.
        case waiting
        /// Too many wait already.
        case exhausted
    }

    /// Gives a kept connection or has the client wait for one. `fresh` asks for a new connection.
    func acquire(for client: ClientSocket, fresh: Bool, at now: WireInstant) -> Acquisition {
        if fresh {
            allotment.takeAnyway()
            connect(for: client, at: now)
            return .waiting
        }
        while let socket = idle.popLast() {
            if socket.isUsable { return .connection(socket) }
            socket.close()
        }
        guard waiters.count < loop.settings.upstreams.waiters else { return .exhausted }
        waiters.append(client)
        connectForWaiters(at: now)
        return .waiting
    }

    /// Takes a connection back after an exchange.
    func release(_ socket: UpstreamSocket, at now: WireInstant) {
        socket.client = nil
        guard socket.token != nil else { return }
        socket.served += 1
        if waiters.isEmpty, socket.openedAt + loop.settings.upstreams.longestMilliseconds < now.milliseconds {
            return socket.close()
        }
        serve(socket, at: now)
    }

    /// Gives an open connection to the client that waits longest, or keeps it.
    private func serve(_ socket: UpstreamSocket, at now: WireInstant) {
        if waiters.isEmpty || !socket.isUsable {
            socket.idleSince = now.milliseconds
            idle.append(socket)
        } else {
            waiters.removeFirst().upstreamConnected(socket, at: now)
        }
    }

    /// The client no longer wants a connection.
    func cancel(_ client: ClientSocket) { waiters.removeAll { $0 === client } }

    func closeIdle(before milliseconds: Int64) {
        guard let first = idle.first, first.idleSince < milliseconds else { return }
        let old = idle.prefix { $0.idleSince < milliseconds }
        idle.removeFirst(old.count)
        for socket in old { socket.close() }
    }

    func close() {
        let all = idle
        idle.removeAll()
        for socket in all { socket.close() }
    }

    private func tellMetrics() {
        loop.context.pipeline.metrics?.upstream(upstream, connections: connections, waiting: waiters.count)
    }

    // MARK: Connecting

    private func connectForWaiters(at now: WireInstant) {
        guard connecting < waiters.count else { return }
        if connections == 0 { allotment.takeAnyway() } else { guard allotment.take() else { return } }
        connect(for: nil, at: now)
    }

    /// The connection is taken from the allotment already.
    private func connect(for reservation: ClientSocket?, at now: WireInstant) {
        connections += 1
        connecting += 1
        UpstreamConnector(pool: self, reservation: reservation, at: now).start(at: now)
    }

    func connected(_ socket: UpstreamSocket, for reservation: ClientSocket?, at now: WireInstant) {
        connecting -= 1
        loop.context.pipeline.metrics?.upstreamOpened(upstream)
        if let reservation, reservation.isWaiting(for: self) {
            reservation.upstreamConnected(socket, at: now)
        } else {
            serve(socket, at: now)
        }
    }

    func failedToConnect(_ failure: UpstreamFailure, for reservation: ClientSocket?, at now: WireInstant) {
        connecting -= 1
        connections -= 1
        loop.context.pipeline.metrics?.upstreamFailed(upstream)
        allotment.giveBack()
        if let reservation {
            if reservation.isWaiting(for: self) { reservation.upstreamEnded(failure, at: now) }
        } else if !waiters.isEmpty {
            waiters.removeFirst().upstreamEnded(failure, at: now)
        }
        connectForWaiters(at: now)
    }

    /// A connection that had been open is gone.
    func ended(_ socket: UpstreamSocket) {
        connections -= 1
        allotment.giveBack()
        idle.removeAll { $0 === socket }
        if !waiters.isEmpty { connectForWaiters(at: loop.now()) }
    }
}
