import GatewayCore
import NIOCore
import NIOSSL
import NIOTLS
import Tokens

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One client connection on the socket's side: carries bytes and events into its ``ProxyConnection`` and performs what comes out.
final class ClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: GatewayLoop
    let connection: ProxyConnection
    private var token: UInt64?
    private var channelContext: ChannelHandlerContext?
    private var writer: ChannelWriter?
    private var upstream: UpstreamHandler?
    /// The pool that is asked for a connection.
    private var awaitedPool: UpstreamPool?
    /// Bytes that the connection does not take yet: a body whose upstream is not there, or the next request.
    private var held: ByteBuffer?
    /// Runs the work of the errand that the connection waits for.
    var errandTask: Task<Void, Never>?
    private var isWritable = true
    private var isReading = true
    /// Whether ``feed(_:)`` is under way, whose writes may call back.
    private var isFeeding = false
    private var isOutputClosed = false
    private var closesWhenSent = false
    /// The wheel's tick at which the connection is woken next.
    private var scheduledTick = Int64.max
    private let nothing = ByteBuffer()
    private let isAdopted: Bool

    /// - Parameter isAdopted: whether the connection comes from another transport.
    init(loop: GatewayLoop, facts: ConnectionFacts, isAdopted: Bool = false) {
        self.loop = loop
        self.isAdopted = isAdopted
        connection = ProxyConnection(context: loop.context, facts: facts, at: loop.now())
    }

    /// Goes on with a connection of another transport, whose request waits for an upstream.
    init(loop: GatewayLoop, adopting connection: ProxyConnection) {
        self.loop = loop
        self.connection = connection
        isAdopted = true
    }

    /// Whether the channel is a stream of a connection that is itself asked to leave when the gateway stops.
    var isStream: Bool { connection.facts.isHTTP2 }
    var isWaiting: Bool { awaitedPool != nil }

    /// Whether the client waits for a connection of this pool.
    func isWaiting(for pool: UpstreamPool) -> Bool { awaitedPool === pool }

    // MARK: Events of the client's channel

    func handlerAdded(context: ChannelHandlerContext) {
        channelContext = context
        writer = ChannelWriter(context, isDirect: !connection.facts.isTLS && !connection.facts.isHTTP2)
        token = loop.admit(self, isAdopted: isAdopted)
        if token == nil { context.close(promise: nil) } else { arm() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelInactive(context: ChannelHandlerContext) { ended() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if var earlier = held {
            held = nil
            earlier.writeBuffer(&buffer)
            feed(earlier)
        } else {
            feed(buffer)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted: connection.facts.noteCertificate(of: context.channel, loop)
        case ChannelEvent.outputClosed: outputClosed(context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func outputClosed(_ context: ChannelHandlerContext) {
        isOutputClosed = true
        connection.clientTakes(true, at: loop.now())
        if closesWhenSent { context.close(promise: nil) } else { arm() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        upstream?.setReading(isWritable)
        if !isOutputClosed, !closesWhenSent { connection.clientTakes(isWritable, at: loop.now()) }
        if !isFeeding { goOn() }
    }

    private func ended() {
        guard let token else { return }
        self.token = nil
        channelContext = nil
        writer = nil
        held = nil
        let actions = connection.clientClosed(at: loop.now())
        if actions.contains(.dropUpstream) { dropUpstream() }
        if actions.contains(.cancelErrand) { cancelErrand() }
        loop.remove(token)
    }

    // MARK: Events of the upstream

    func upstreamConnected(_ handler: UpstreamHandler) {
        awaitedPool = nil
        let now = loop.now()
        use(handler, at: now)
        goOn()
    }

    func upstreamRead(_ buffer: ByteBuffer) {
        let now = loop.now()
        let step = buffer.withUnsafeReadableBytes { connection.upstreamBytes($0, at: now) }
        if let writer, !step.passThrough.isEmpty || !loop.context.toClient.isEmpty {
            loop.send(loop.context.toClient, buffer, step.passThrough, to: writer)
        }
        settle(step.actions, at: now)
    }

    func upstreamEnded(_ failure: UpstreamFailure) {
        awaitedPool = nil
        upstream = nil
        let now = loop.now()
        settle(connection.upstreamFailed(failure, at: now), at: now)
    }

    /// The upstream has not looked at the request.
    func upstreamRefused() {
        awaitedPool = nil
        upstream = nil
        let now = loop.now()
        settle(connection.upstreamRefused(at: now), at: now)
    }

    func upstreamWritabilityChanged(_ isWritable: Bool) {
        connection.isUpstreamBlocked = !isWritable
        updateReading()
    }

    // MARK: Adoption

    /// Has the adopted request go to its upstream.
    ///
    /// - Parameters:
    ///   - unsent: what the client has to get before its answer.
    ///   - received: bytes of the client that are still to be looked at.
    func begin(sending unsent: [UInt8], received: [UInt8]) {
        guard token != nil else { return }
        send(first: unsent)
        if !received.isEmpty { held = ByteBuffer(bytes: received) }
        settle(.acquireUpstream, at: loop.now())
    }

    /// Sends what another transport still owed the client.
    func send(first unsent: [UInt8]) {
        if !unsent.isEmpty { writer?.enqueue(ByteBuffer(bytes: unsent), flush: true) }
    }

    /// The adopted connection was gone before it arrived.
    func abandon() { _ = connection.clientClosed(at: loop.now()) }

    // MARK: Time and draining

    func wake(tick: Int64, at now: WireInstant) {
        guard tick == scheduledTick else { return }
        scheduledTick = .max
        if connection.wakeUp <= now.milliseconds {
            settle(connection.expired(at: now), at: now)
        } else {
            arm()
        }
    }

    func closeIfIdle(at now: WireInstant) {
        if connection.isIdle { closeWhenSent(at: now) }
    }

    /// Ends the connection with a reset, and without TLS's own goodbye.
    func abort() {
        guard let channelContext else { return }
        let channel = channelContext.channel
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? channelContext).close(promise: nil)
    }

    /// Enters the deadline into the wheel, unless an earlier wake-up will see to it.
    private func arm() {
        guard let token,
            connection.wakeUp < scheduledTick.multipliedReportingOverflow(by: DeadlineWheel.tickMilliseconds).partialValue
                || scheduledTick == .max
        else { return }
        scheduledTick = loop.schedule(token, deadline: connection.wakeUp)
    }

    // MARK: Performing

    /// Passes bytes into the connection as far as it takes them, and keeps the rest.
    private func feed(_ bytes: ByteBuffer) {
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
        if buffer.readableBytes > 0, token != nil { held = buffer }
        updateReading()
        arm()
    }

    /// Performs actions after an event of the upstream or the clock, and goes on with bytes that were held for it.
    func settle(_ actions: ProxyActions, at now: WireInstant) {
        perform(actions, at: now)
        goOn()
    }

    /// Passes on what was held, if its time may have come.
    private func goOn() {
        if let held, !isWaiting {
            self.held = nil
            feed(held)
        } else {
            flushUpstream()
            loop.writeFullLogs()
            updateReading()
            arm()
        }
    }

    private func perform(_ actions: ProxyActions, at now: WireInstant) {
        if !loop.context.toClient.isEmpty {
            if let writer {
                loop.send(loop.context.toClient, nothing, 0..<0, to: writer)
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

    private func acquire(at now: WireInstant) {
        guard let wanted = connection.exchange.upstream else { return }
        let pool = loop.pool(for: wanted)
        switch pool.acquire(for: self, fresh: connection.wantsFreshUpstream) {
        case .connection(let handler): use(handler, at: now)
        case .waiting: awaitedPool = pool
        case .exhausted: perform(connection.upstreamFailed(.connectTimedOut, at: now), at: now)
        }
    }

    private func use(_ handler: UpstreamHandler, at now: WireInstant) {
        upstream = handler
        handler.client = self
        connection.upstreamReady(isReused: handler.served > 0, at: now)
        if !isWritable { handler.setReading(false) }
    }

    private func releaseUpstream() {
        guard let handler = upstream else { return }
        upstream = nil
        if !isWritable { handler.setReading(true) }
        handler.release()
    }

    private func dropUpstream() {
        awaitedPool?.cancel(self)
        awaitedPool = nil
        upstream?.close()
        upstream = nil
    }

    private func flushUpstream() {
        guard !loop.context.toUpstream.isEmpty else { return }
        if let target = upstream?.writer {
            loop.send(loop.context.toUpstream, nothing, 0..<0, to: target)
        } else {
            loop.context.toUpstream.removeAll()
        }
    }

    private func closeWhenSent(at now: WireInstant) {
        closesWhenSent = true
        if isOutputClosed { channelContext?.close(promise: nil) } else { endSending(at: now) }
    }

    /// Ends our half when all is sent; what the client still sends is thrown away until it closes or the deadline passes.
    private func endSending(at now: WireInstant) {
        channelContext?.close(mode: .output, promise: nil)
        if !isOutputClosed { connection.clientTakes(false, at: now) }
    }

    private func updateReading() {
        let isWanted = held == nil && (isWritable || !connection.startsRequest) && (upstream?.isWritable ?? true)
        setReading(isWanted || connection.isClosed)
    }

    private func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let channel = channelContext?.channel else { return }
        self.isReading = isReading
        try? channel.syncOptions?.setOption(.autoRead, value: isReading)
        if isReading, connection.facts.isHTTP2 { loop.flushes.add { channel.read() } }
    }
}
