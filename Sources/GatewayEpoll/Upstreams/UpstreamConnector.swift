import CEpoll
import GatewayCore

/// Opens one connection to an upstream: finds its addresses, and tries the next one when one fails or hesitates (RFC 8305).
final class UpstreamConnector: EventTarget {
    /// The client for which the connection is opened, if one insists on it.
    let reservation: ClientSocket?
    private let pool: UpstreamPool
    private let end: Int64
    private var addresses: ArraySlice<SocketAddress> = []
    private var attempts: [UpstreamSocket] = []

    /// RFC 8305 §5 recommends it between two attempts.
    private static let attemptDelay: Int64 = 250

    init(pool: UpstreamPool, reservation: ClientSocket?, at now: WireInstant) {
        self.pool = pool
        self.reservation = reservation
        end = now.milliseconds + pool.loop.settings.upstreams.connectMilliseconds
        super.init(loop: pool.loop)
    }

    func start(at now: WireInstant) {
        enter()
        let upstream = pool.upstream
        let literals = SocketAddress.find(host: upstream.host, port: upstream.port, isLiteral: true)
        if literals.isEmpty { resolve(upstream, at: now) } else { resolved(literals, at: now) }
    }

    private func resolve(_ upstream: Upstream, at now: WireInstant) {
        guard let token else { return }
        _ = loop.schedule(token, deadline: end)
        let mailbox = loop.mailbox
        NameResolver.find(host: upstream.host, port: upstream.port) { addresses in
            mailbox.post { loop in
                (loop.targets[token] as? UpstreamConnector)?.resolved(addresses, at: loop.now())
            }
        }
    }

    private func resolved(_ addresses: [SocketAddress], at now: WireInstant) {
        self.addresses = addresses[...]
        tryNext(at: now)
    }

    /// Begins an attempt with the next address that the system takes; without one, and without attempts under way, all is lost.
    private func tryNext(at now: WireInstant) {
        while let address = addresses.popFirst() {
            let descriptor = cepoll_socket(address.family)
            guard descriptor >= 0 else { continue }
            cepoll_send_at_once(descriptor)
            let result = address.connect(descriptor)
            // Watched only now: epoll reports a socket that is not connecting as hung up.
            let socket = UpstreamSocket(pool: pool, descriptor: descriptor, connector: self)
            guard result == 0 || result == -EINPROGRESS, socket.watch() else {
                cepoll_close(descriptor)
                continue
            }
            attempts.append(socket)
            if let token {
                let next = addresses.isEmpty ? end : min(end, now.milliseconds + Self.attemptDelay)
                _ = loop.schedule(token, deadline: next)
            }
            return
        }
        if attempts.isEmpty { finish(.connectFailed) }
    }

    override func wake(tick: Int64, at now: WireInstant) {
        if now.milliseconds >= end {
            finish(.connectTimedOut)
        } else if addresses.isEmpty {
            // The wheel does not reach that far.
            if let token { _ = loop.schedule(token, deadline: end) }
        } else {
            tryNext(at: now)
        }
    }

    func succeeded(_ socket: UpstreamSocket, at now: WireInstant) {
        attempts.removeAll { $0 === socket }
        closeAttempts()
        leave()
        pool.connected(socket, for: reservation, at: now)
    }

    func failed(_ socket: UpstreamSocket, at now: WireInstant) {
        socket.close()
        attempts.removeAll { $0 === socket }
        tryNext(at: now)
    }

    /// Reports from the loop: the client may still be busy asking for the connection.
    private func finish(_ failure: UpstreamFailure) {
        closeAttempts()
        leave()
        loop.later { [self] now in pool.failedToConnect(failure, for: reservation, at: now) }
    }

    private func closeAttempts() {
        for attempt in attempts { attempt.close() }
        attempts.removeAll()
    }
}
