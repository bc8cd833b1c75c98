import CEpoll
import GatewayCore

/// One connection to an upstream: passes what comes to the client that has it, and tells the pool when it ends.
final class UpstreamSocket: Socket {
    let pool: UpstreamPool
    /// The client whose exchange uses the connection.
    var client: ClientSocket?
    /// Exchanges served so far.
    var served = 0
    /// When the connection was opened, in milliseconds of the monotonic clock.
    private(set) var openedAt: Int64 = 0
    /// When the connection was given back, in milliseconds of the monotonic clock.
    var idleSince: Int64 = 0
    /// Who waits for the connection to open.
    private var connector: UpstreamConnector?

    init(pool: UpstreamPool, descriptor: Int32, connector: UpstreamConnector) {
        self.pool = pool
        self.connector = connector
        super.init(loop: pool.loop, descriptor: descriptor)
    }

    /// Whether an exchange may use the connection: it is open, and nothing has come that nobody asked for.
    var isUsable: Bool { token != nil && !isReadable && !isBroken }

    override func handle(_ events: UInt32, at now: WireInstant) {
        if let connector {
            let error = cepoll_error(descriptor)
            guard error == 0 else { return connector.failed(self, at: now) }
            self.connector = nil
            openedAt = now.milliseconds
            connector.succeeded(self, at: now)
        }
        super.handle(events, at: now)
    }

    override func prepare() { client?.prepare() }

    override var wantsBytes: Bool { client?.unsent == nil }

    override func received(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) {
        guard let client else { return close() }
        client.upstreamReceived(bytes, wasFull: bytes.count == readLimit, at: now)
        readLimit = EpollLoop.scratchBytes
        if bytes.count >= DirectPipe.leastBytes {
            // Without a length, reading little at first would only cost one more read.
            pool.expectsLongAnswers = loop.directPipe != nil && client.connection.answerHasLength
        } else if self.client == nil {
            pool.expectsLongAnswers = false
        }
    }

    /// Prepares for an exchange of a client.
    func begin(for client: ClientSocket) {
        self.client = client
        readLimit = pool.expectsLongAnswers ? DirectPipe.headBytes : EpollLoop.scratchBytes
        movesDirectly = false
    }

    override func moveDirectly(at now: WireInstant) {
        guard let client, let pipe = loop.directPipe, client.connection.unseenBytes > 0 else { return movesDirectly = false }
        let wanted = Int(min(client.connection.unseenBytes, Int64(DirectPipe.mostBytes)))
        let count = pipe.fill(from: descriptor, most: wanted)
        if count > 0 { return client.upstreamMoved(count, in: pipe, at: now) }
        isReadable = false
        client.sendHeld()
        if count == -Int(EAGAIN) {
            if isBroken { inputEnded(error: EPIPE, at: now) }
        } else {
            inputEnded(error: Int32(-count), at: now)
        }
    }

    /// Whether nothing lies behind the answer that was moved: neither bytes that nobody asked for nor the peer's end.
    func endsCleanly() -> Bool {
        guard cepoll_peek(descriptor) == -Int(EAGAIN) else { return false }
        isReadable = false
        return true
    }

    override func inputEnded(error: Int32, at now: WireInstant) {
        let user = client
        client = nil
        let failure: UpstreamFailure = isBroken ? .sendFailed : error == 0 ? .closed : .receiveFailed
        close()
        user?.upstreamEnded(failure, at: now)
    }

    override func unsentChanged(at now: WireInstant) { client?.upstreamBlocked(unsent != nil, at: now) }

    /// Closes a connection that nobody uses any more; its client does not hear of it.
    func drop() {
        client = nil
        close()
    }

    override func closed() {
        // A connection that never opened is the connector's affair.
        if connector == nil { pool.ended(self) }
        connector = nil
    }
}
