import GatewayCore
import NIOCore

/// One client on the socket's side, a connection of HTTP/1.1 or a stream of HTTP/2: carries bytes and events into its ``ProxyConnection``
/// and performs what comes out. Subclasses know the way to the client.
class ProxyClient {
    final let loop: GatewayLoop
    final let connection: ProxyConnection
    /// Present while the loop knows the client.
    private final var token: UInt64?
    private final var upstream: UpstreamHandler?
    /// The pool that is asked for a connection.
    private final var awaitedPool: UpstreamPool?
    /// Bytes that the connection does not take yet: a body whose upstream is not there, or the next request.
    private final var held: ByteBuffer?
    /// Runs the work of the errand that the connection waits for.
    final var errandTask: Task<Void, Never>?
    private final var isWritable = true
    private final var isReading = true
    /// Whether ``feed(_:)`` is under way, whose writes may call back.
    private final var isFeeding = false
    private final var isOutputClosed = false
    private final var closesWhenSent = false
    /// Whether the client has sent its last byte.
    private(set) final var hasInputEnded = false
    /// The wheel's tick at which the connection is woken next.
    private final var scheduledTick = Int64.max
    private final let nothing = ByteBuffer()

    init(loop: GatewayLoop, connection: ProxyConnection) {
        self.loop = loop
        self.connection = connection
    }

    /// Whether the client is a stream of a connection that is itself asked to leave when the gateway stops.
    final var isStream: Bool { connection.facts.isHTTP2 }
    final var isWaiting: Bool { awaitedPool != nil }
    /// Whether the loop knows the client.
    final var isPresent: Bool { token != nil }

    /// Whether the client waits for a connection of this pool.
    final func isWaiting(for pool: UpstreamPool) -> Bool { awaitedPool === pool }

    /// Whether nothing is left of the last request, so that another one may come.
    final var isAtRest: Bool {
        connection.isIdle && upstream == nil && awaitedPool == nil && held == nil && isWritable && isReading && !isOutputClosed
            && !closesWhenSent
    }

    // MARK: The way to the client

    /// Sends scratch bytes and a part of a received buffer behind them to the client, and empties the scratch.
    func transmit(_ scratch: OutputBuffer, _ buffer: ByteBuffer, _ range: Range<Int>) { scratch.removeAll() }

    /// Stops or resumes taking bytes of the client.
    func applyReading(_ isReading: Bool) {}

    /// Ends our half when all is sent, and has ``outputClosed()`` called then.
    func closeOutput() {}

    /// Ends the client's connection or stream.
    func close() {}

    /// Ends it without any goodbye.
    func abort() { close() }

    // MARK: Events of the client

    /// Makes the client known to the loop; false if it takes no more.
    final func enter(isAdopted: Bool = false) -> Bool {
        token = loop.admit(self, isAdopted: isAdopted)
        guard token != nil else { return false }
        arm()
        return true
    }

    /// Takes bytes of the client.
    final func receive(_ bytes: ByteBuffer) {
        if var earlier = held {
            held = nil
            earlier.writeImmutableBuffer(bytes)
            feed(earlier)
        } else {
            feed(bytes)
        }
    }

    /// Holds bytes of the client that may be looked at when its request goes on.
    final func hold(_ bytes: ByteBuffer) { held = bytes }

    /// What was sent is out, and our half is closed.
    final func outputClosed() {
        isOutputClosed = true
        connection.clientTakes(true, at: loop.now())
        if closesWhenSent { close() } else { arm() }
    }

    /// The client has sent its last byte, and may still wait for answers.
    final func inputEnded() {
        hasInputEnded = true
        heedEndOfInput()
    }

    /// Ends the connection of a client that sends no more and has got everything that it is due.
    private final func heedEndOfInput() {
        guard !closesWhenSent, held == nil, isPresent, !connection.outlivesInput() else { return }
        if connection.isIdle {
            closeWhenSent(at: loop.now())
        } else if connection.isClosed, !isOutputClosed {
            closesWhenSent = true
        } else {
            close()
        }
    }

    /// The client takes more, or no more for the time being.
    final func writabilityChanged(_ isWritable: Bool) {
        self.isWritable = isWritable
        upstream?.setReading(isWritable)
        if !isOutputClosed, !closesWhenSent { connection.clientTakes(isWritable, at: loop.now()) }
        if !isFeeding { goOn() }
    }

    /// The client is gone.
    final func ended() {
        guard let token else { return }
        self.token = nil
        held = nil
        let actions = connection.clientClosed(at: loop.now())
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
        loop.remove(token)
    }

    /// Has the loop forget a client that is at rest, and may ``enter(isAdopted:)`` again with another request.
    final func rest() {
        guard let token else { return }
        self.token = nil
        scheduledTick = .max
        loop.remove(token)
    }

    // MARK: Events of the upstream

    final func upstreamConnected(_ handler: UpstreamHandler) {
        awaitedPool = nil
        let now = loop.now()
        use(handler, at: now)
        goOn()
    }

    final func upstreamRead(_ buffer: ByteBuffer) {
        let now = loop.now()
        let step = buffer.withUnsafeReadableBytes { connection.upstreamBytes($0, at: now) }
        if isPresent, !step.passThrough.isEmpty || !loop.context.toClient.isEmpty {
            transmit(loop.context.toClient, buffer, step.passThrough)
        }
        settle(step.actions, at: now)
    }

    final func upstreamEnded(_ failure: UpstreamFailure) {
        awaitedPool = nil
        upstream = nil
        let now = loop.now()
        settle(connection.upstreamFailed(failure, at: now), at: now)
    }

    /// The upstream has not looked at the request.
    final func upstreamRefused() {
        awaitedPool = nil
        upstream = nil
        let now = loop.now()
        settle(connection.upstreamRefused(at: now), at: now)
    }

    final func upstreamWritabilityChanged(_ isWritable: Bool) {
        connection.isUpstreamBlocked = !isWritable
        updateReading()
    }

    // MARK: Time and draining

    final func wake(tick: Int64, at now: WireInstant) {
        guard tick == scheduledTick else { return }
        scheduledTick = .max
        if connection.wakeUp <= now.milliseconds {
            settle(connection.expired(at: now), at: now)
        } else {
            arm()
        }
    }

    final func closeIfIdle(at now: WireInstant) {
        if connection.isIdle { closeWhenSent(at: now) }
    }

    /// Enters the deadline into the wheel, unless an earlier wake-up will see to it.
    private final func arm() {
        guard let token,
            connection.wakeUp < scheduledTick.multipliedReportingOverflow(by: DeadlineWheel.tickMilliseconds).partialValue
                || scheduledTick == .max
        else { return }
        scheduledTick = loop.schedule(token, deadline: connection.wakeUp)
    }

    // MARK: Performing

    /// Passes bytes into the connection as far as it takes them, and keeps the rest.
    private final func feed(_ bytes: ByteBuffer) {
        var buffer = bytes
        let now = loop.now()
        isFeeding = true
        while buffer.readableBytes > 0, isWritable || !connection.startsRequest {
            let step = buffer.withUnsafeReadableBytes { connection.clientBytes($0, at: now) }
            if !step.passThrough.isEmpty, let target = upstream?.writer {
                loop.send(loop.context.toUpstream, buffer, step.passThrough, to: target)
            }
            buffer.moveReaderIndex(forwardBy: step.consumed)
            perform(step.actions, at: now)
            if step.consumed == 0 { break }
        }
        isFeeding = false
        flushUpstream()
        loop.writeFullLogs()
        if buffer.readableBytes > 0, isPresent { held = buffer }
        updateReading()
        arm()
        if hasInputEnded { heedEndOfInput() }
    }

    /// Performs actions after an event of the upstream or the clock, and goes on with bytes that were held for it.
    final func settle(_ actions: ProxyActions, at now: WireInstant) {
        perform(actions, at: now)
        goOn()
    }

    /// Passes on what was held, if its time may have come.
    private final func goOn() {
        if let held, !isWaiting {
            self.held = nil
            feed(held)
        } else {
            flushUpstream()
            loop.writeFullLogs()
            updateReading()
            arm()
            if hasInputEnded { heedEndOfInput() }
        }
    }

    private final func perform(_ actions: ProxyActions, at now: WireInstant) {
        if !loop.context.toClient.isEmpty {
            if isPresent {
                transmit(loop.context.toClient, nothing, 0..<0)
            } else {
                loop.context.toClient.removeAll()
            }
        }
        if actions.isEmpty { return }
        if actions.contains(.releaseUpstream) { releaseUpstream() }
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
        if actions.contains(.acquireUpstream) { acquire(at: now) }
        if actions.contains(.runErrand) { runErrand() }
        if actions.contains(.lingerClient) { endSending(at: now) }
        if actions.contains(.closeClient) { closeWhenSent(at: now) }
        if actions.contains(.abortClient) { abort() }
    }

    private final func acquire(at now: WireInstant) {
        guard let wanted = connection.exchange.upstream else { return }
        let pool = loop.pool(for: wanted)
        switch pool.acquire(for: self, fresh: connection.wantsFreshUpstream) {
        case .connection(let handler): use(handler, at: now)
        case .waiting: awaitedPool = pool
        case .exhausted: perform(connection.upstreamFailed(.connectTimedOut, at: now), at: now)
        }
    }

    private final func use(_ handler: UpstreamHandler, at now: WireInstant) {
        upstream = handler
        handler.client = self
        connection.upstreamReady(isReused: handler.served > 0, at: now)
        if !isWritable { handler.setReading(false) }
    }

    private final func releaseUpstream() {
        guard let handler = upstream else { return }
        upstream = nil
        if !isWritable { handler.setReading(true) }
        handler.release()
    }

    private final func dropUpstream() {
        awaitedPool?.cancel(self)
        awaitedPool = nil
        upstream?.close()
        upstream = nil
    }

    private final func flushUpstream() {
        guard !loop.context.toUpstream.isEmpty else { return }
        if let target = upstream?.writer {
            loop.send(loop.context.toUpstream, nothing, 0..<0, to: target)
        } else {
            loop.context.toUpstream.removeAll()
        }
    }

    private final func closeWhenSent(at now: WireInstant) {
        closesWhenSent = true
        if isOutputClosed { close() } else { endSending(at: now) }
    }

    /// Ends our half when all is sent; what the client still sends is thrown away until it closes or the deadline passes.
    private final func endSending(at now: WireInstant) {
        closeOutput()
        if !isOutputClosed { connection.clientTakes(false, at: now) }
    }

    private final func updateReading() {
        let isWanted = held == nil && (isWritable || !connection.startsRequest) && (upstream?.isWritable ?? true)
        setReading(isWanted || connection.isClosed)
    }

    private final func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, isPresent else { return }
        self.isReading = isReading
        applyReading(isReading)
    }
}
