import CEpoll
import GatewayCore

/// One client connection: carries bytes and events into its ``ProxyConnection`` and performs what comes out.
final class ClientSocket: Socket {
    let connection: ProxyConnection
    private var upstream: UpstreamSocket?
    /// The pool that is asked for a connection.
    private var awaitedPool: UpstreamPool?
    /// Bytes that the connection does not take yet: a body whose upstream is not there, or the next request.
    private var held: UnsentBytes?
    /// Runs the work of the errand that the connection waits for.
    private var errandTask: Task<Void, Never>?
    /// The wheel's tick at which the connection is woken next.
    private var scheduledTick = Int64.max
    /// What to do when all is sent.
    private var ending = Ending.none

    /// Whether the connection has to be served elsewhere, and how far its request has come.
    private var handOver = HandOver.none

    private enum Ending { case none, close, linger, lingering }
    private enum HandOver { case none, undecided, decided }

    private let workingSet: WorkingSet

    init(loop: EpollLoop, descriptor: Int32, facts: ConnectionFacts, at now: WireInstant) {
        connection = ProxyConnection(context: loop.context, facts: facts, at: now)
        workingSet = connection.workingSet
        super.init(loop: loop, descriptor: descriptor)
    }

    override func prepare() { workingSet.fetch() }

    var isWaiting: Bool { awaitedPool != nil }

    /// Whether the client waits for a connection of this pool.
    func isWaiting(for pool: UpstreamPool) -> Bool { awaitedPool === pool }

    // MARK: Events of the client

    override var wantsBytes: Bool {
        if isBroken || connection.isClosed { return true }
        return held == nil && (unsent == nil || !connection.startsRequest) && upstream?.unsent == nil
    }

    override func received(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) {
        if isBroken { return ended(at: now) }
        let count = pass(bytes, at: now)
        if count < bytes.count, token != nil {
            let rest = UnsentBytes()
            rest.append(UnsafeRawBufferPointer(rebasing: bytes[count...]))
            held = rest
        }
        settle(at: now)
    }

    override func inputEnded(error: Int32, at now: WireInstant) {
        // What the client is due still goes out; there will be an event when it has.
        if error == 0, !isGone, unsent != nil || connection.outlivesInput() { return }
        ended(at: now)
    }

    override func unsentChanged(at now: WireInstant) {
        connection.clientTakes(unsent == nil, at: now)
        guard unsent == nil else { return arm() }
        if let upstream { upstream.readOnIfWanted() }
        switch ending {
        case .close: close()
        case .linger: linger()
        case .none, .lingering: goOn(at: now)
        }
    }

    private func ended(at now: WireInstant) {
        let actions = connection.clientClosed(at: now)
        close()
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
    }

    override func closed() {
        held = nil
        loop.clientLeft()
    }

    // MARK: Events of the upstream

    func upstreamConnected(_ socket: UpstreamSocket, at now: WireInstant) {
        awaitedPool = nil
        use(socket, at: now)
        goOn(at: now)
    }

    /// - Parameter wasFull: whether as much came as was asked for, so that there may be more.
    func upstreamReceived(_ bytes: UnsafeRawBufferPointer, wasFull: Bool, at now: WireInstant) {
        let step = connection.upstreamBytes(bytes, at: now)
        let movesRest = wasFull && startsMoving()
        send(loop.context.toClient, UnsafeRawBufferPointer(rebasing: bytes[step.passThrough]), more: movesRest, at: now)
        perform(step.actions, at: now)
        goOn(at: now)
    }

    /// Has the rest of an answer pass without being read, if it is long enough for that.
    private func startsMoving() -> Bool {
        guard connection.unseenBytes >= Int64(DirectPipe.leastBytes), let upstream, loop.directPipe != nil else { return false }
        upstream.movesDirectly = true
        return true
    }

    /// Bytes of the answer lie in the pipe.
    func upstreamMoved(_ count: Int, in pipe: DirectPipe, at now: WireInstant) {
        let isLast = connection.unseenBytes == Int64(count)
        send(count, from: pipe, more: !isLast, at: now)
        let isClean = isLast && upstream?.endsCleanly() ?? false
        perform(connection.passedUnseen(count, isClean: isClean, at: now), at: now)
        goOn(at: now)
    }

    func upstreamEnded(_ failure: UpstreamFailure, at now: WireInstant) {
        awaitedPool = nil
        upstream = nil
        perform(connection.upstreamFailed(failure, at: now), at: now)
        goOn(at: now)
    }

    /// The upstream takes no more of the body, or takes it again.
    func upstreamBlocked(_ isBlocked: Bool, at now: WireInstant) {
        connection.isUpstreamBlocked = isBlocked
        if !isBlocked { readOnIfWanted() }
    }

    // MARK: Time and draining

    override func wake(tick: Int64, at now: WireInstant) {
        guard tick == scheduledTick else { return }
        scheduledTick = .max
        if connection.wakeUp <= now.milliseconds {
            perform(connection.expired(at: now), at: now)
            goOn(at: now)
        } else {
            arm()
        }
    }

    func closeIfIdle(at now: WireInstant) {
        if connection.isIdle { closeWhenSent() }
    }

    func abort(at now: WireInstant) {
        let actions = connection.clientClosed(at: now)
        close(resets: true)
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
    }

    /// Enters the deadline into the wheel, unless an earlier wake-up will see to it.
    func arm() {
        guard let token, DeadlineWheel.tick(for: connection.wakeUp) < scheduledTick else { return }
        scheduledTick = loop.schedule(token, deadline: connection.wakeUp)
    }

    // MARK: Performing

    /// Passes bytes into the connection as far as it takes them, and answers how many those are.
    private func pass(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) -> Int {
        var count = 0
        while count < bytes.count, unsent == nil || !connection.startsRequest, token != nil {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            let step = connection.clientBytes(rest, at: now)
            if !step.passThrough.isEmpty, let upstream {
                upstream.send(loop.context.toUpstream, UnsafeRawBufferPointer(rebasing: rest[step.passThrough]), at: now)
            }
            count += step.consumed
            perform(step.actions, at: now)
            if step.consumed == 0 || handOver != .none { break }
        }
        return count
    }

    /// Goes on after an event: with bytes that were held for it, and with reading.
    private func goOn(at now: WireInstant) {
        if var rest = held, !isWaiting {
            let count = pass(rest.bytes, at: now)
            rest.removeFirst(count)
            held = rest.isEmpty || token == nil ? nil : rest
        }
        settle(at: now)
    }

    private func settle(at now: WireInstant) {
        flushUpstream(at: now)
        guard token != nil else { return }
        if handOver != .none { return giveAway(at: now) }
        readOnIfWanted()
        arm()
    }

    private func perform(_ actions: ProxyActions, at now: WireInstant) {
        let toClient = loop.context.toClient
        if !toClient.isEmpty { send(toClient, UnsafeRawBufferPointer(start: nil, count: 0), at: now) }
        if actions.isEmpty { return }
        if actions.contains(.releaseUpstream) { releaseUpstream(at: now) }
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
        if actions.contains(.acquireUpstream) { acquire(at: now) }
        if actions.contains(.runErrand) { runErrand() }
        if actions.contains(.lingerClient) { if unsent == nil { linger() } else { ending = .linger } }
        if actions.contains(.closeClient) { closeWhenSent() }
        if actions.contains(.abortClient) { close(resets: true) }
        if actions.contains(.handOver) { handOver = .undecided }
    }

    private func acquire(at now: WireInstant) {
        guard let wanted = connection.exchange.upstream else { return }
        guard wanted.speaksPlainHTTP1 else { return handOver = .decided }
        let pool = loop.pool(for: wanted)
        switch pool.acquire(for: self, fresh: connection.wantsFreshUpstream, at: now) {
        case .connection(let socket): use(socket, at: now)
        case .waiting: awaitedPool = pool
        case .exhausted: perform(connection.upstreamFailed(.connectTimedOut, at: now), at: now)
        }
    }

    private func use(_ socket: UpstreamSocket, at now: WireInstant) {
        upstream = socket
        socket.begin(for: self)
        connection.isUpstreamBlocked = false
        connection.upstreamReady(isReused: socket.served > 0, at: now)
    }

    private func releaseUpstream(at now: WireInstant) {
        guard let socket = upstream else { return }
        upstream = nil
        socket.pool.release(socket, at: now)
    }

    private func dropUpstream() {
        awaitedPool?.cancel(self)
        awaitedPool = nil
        upstream?.drop()
        upstream = nil
    }

    private func runErrand() {
        guard let work = connection.exchange.errand?.work, let token else { return }
        let number = connection.errandNumber
        let mailbox = loop.mailbox
        errandTask = Task {
            let result = await work()
            guard !Task.isCancelled else { return }
            // Whoever has closed since is not found under the token.
            mailbox.post { loop in (loop.targets[token] as? ClientSocket)?.errandEnded(result, number) }
        }
    }

    private func errandEnded(_ result: ErrandResult, _ number: UInt32) {
        let now = loop.now()
        perform(connection.errandEnded(result, number: number, at: now), at: now)
        goOn(at: now)
    }

    private func cancelErrand() {
        errandTask?.cancel()
        errandTask = nil
    }

    private func flushUpstream(at now: WireInstant) {
        let toUpstream = loop.context.toUpstream
        guard !toUpstream.isEmpty else { return }
        if let upstream {
            upstream.send(toUpstream, UnsafeRawBufferPointer(start: nil, count: 0), at: now)
        } else {
            toUpstream.removeAll()
        }
    }

    // MARK: Ending

    private func closeWhenSent() {
        if unsent != nil {
            ending = .close
        } else if ending != .lingering, held != nil || isReadable {
            // Closing over unread bytes is a reset, which could overtake the answer.
            linger()
        } else {
            close()
        }
    }

    /// Ends our half; what the client still sends is thrown away until it closes or the deadline passes.
    private func linger() {
        ending = .lingering
        held = nil
        cepoll_end_sending(descriptor)
    }

    /// Gives the connection to someone who can serve it, with everything that was read and not used, and not yet sent.
    private func giveAway(at now: WireInstant) {
        let isDecided = handOver == .decided
        var received = isDecided ? [] : connection.takeHead()
        if let held { received.append(contentsOf: held.bytes) }
        let unsent = giveAway()
        loop.settings.handOver(
            HandedOverConnection(
                socket: HandedOverSocket(descriptor: descriptor), connection: connection, isDecided: isDecided,
                received: received, unsent: unsent))
    }
}
