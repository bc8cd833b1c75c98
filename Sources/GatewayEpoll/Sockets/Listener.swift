import CEpoll
import GatewayCore

/// A listening socket of one loop. Each loop has its own on the same port, and the system spreads the connections over them.
final class Listener: EventTarget {
    private let descriptor: Int32
    private let port: UInt16
    /// Whether accepting is put off until the next tick, because the system has no descriptors left.
    private var isResting = false

    /// Connections accepted in a row before others get their turn.
    private static let acceptsInARow = 64

    init(loop: EpollLoop, descriptor: Int32) {
        self.descriptor = descriptor
        port = SocketAddress.localPort(of: descriptor)
        super.init(loop: loop)
    }

    func open() -> Bool {
        enter()
        return token.map { loop.watch(descriptor, CEPOLL_INPUT, $0) } ?? false
    }

    func close() {
        guard token != nil else { return }
        leave()
        cepoll_close(descriptor)
    }

    override func handle(_ events: UInt32, at now: WireInstant) {
        var address = sockaddr_storage()
        for _ in 0..<Self.acceptsInARow {
            let accepted = cepoll_accept(descriptor, &address)
            if accepted >= 0 {
                loop.admit(accepted, from: address, port: port, at: now)
            } else {
                if accepted == -EMFILE || accepted == -ENFILE || accepted == -ENOMEM || accepted == -ENOBUFS { rest(at: now) }
                // The others concern the one connection (ECONNABORTED), or nothing is left (EAGAIN).
                if accepted != -ECONNABORTED { return }
            }
        }
    }

    /// Level-triggered readiness would turn the loop in circles until a descriptor is free.
    private func rest(at now: WireInstant) {
        guard !isResting, let token else { return }
        isResting = true
        loop.rewatch(descriptor, 0, token)
        _ = loop.schedule(token, deadline: now.milliseconds)
    }

    override func wake(tick: Int64, at now: WireInstant) {
        guard isResting, let token else { return }
        isResting = false
        loop.rewatch(descriptor, CEPOLL_INPUT, token)
    }

    /// Makes the listening sockets of one address, one for each loop.
    ///
    /// - Returns: the descriptors; with port 0 all of them on the one that the system chose.
    /// - Throws: ``EpollError``; nothing is open then.
    static func bind(host: String, port: Int, count: Int) throws(EpollError) -> [Int32] {
        guard let number = UInt16(exactly: port),
            var address = SocketAddress.find(host: host, port: number, isLiteral: false, isPassive: true).first
        else { throw EpollError(reason: EADDRNOTAVAIL) }
        // With SO_REUSEPORT a second program of the same user could share the port unnoticed; this bind without it cannot.
        if port != 0 { cepoll_close(try bind(address, sharesPort: false)) }
        var descriptors: [Int32] = []
        do throws(EpollError) {
            for _ in 0..<count {
                let descriptor = try bind(address, sharesPort: true)
                descriptors.append(descriptor)
                address.port = SocketAddress.localPort(of: descriptor)
                let result = cepoll_listen(descriptor, 4096)
                guard result == 0 else { throw EpollError(reason: -result) }
            }
        } catch {
            for descriptor in descriptors { cepoll_close(descriptor) }
            throw error
        }
        return descriptors
    }

    private static func bind(_ address: SocketAddress, sharesPort: Bool) throws(EpollError) -> Int32 {
        let descriptor = cepoll_socket(address.family)
        guard descriptor >= 0 else { throw EpollError(reason: -descriptor) }
        cepoll_reuse_address(descriptor)
        if sharesPort { cepoll_share_port(descriptor) }
        // Accepted sockets inherit it.
        cepoll_send_at_once(descriptor)
        let result = address.bind(descriptor)
        guard result == 0 else {
            cepoll_close(descriptor)
            throw EpollError(reason: -result)
        }
        return descriptor
    }
}
