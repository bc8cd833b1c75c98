import GatewayCore
import NIOCore
import NIOTLS

/// One connection to an upstream: passes what comes to the client that has it, and tells the pool when it ends.
final class UpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case connecting, open, closed }

    private let pool: UpstreamPool
    private var state = State.connecting
    private var failure = UpstreamFailure.closed
    /// Whether the upstream has said that it did not look at the request.
    private var isRefused = false
    private var channelContext: ChannelHandlerContext?
    /// The way to the upstream while the connection is open.
    private(set) var writer: ChannelWriter?
    /// The client whose exchange uses the connection.
    var client: ProxyClient?
    /// The client for which the connection was opened, if one insists on it.
    let reservation: ProxyClient?
    /// The connection that this is a stream of.
    let connection: MultiplexedConnection?
    /// The pool's count of changes when the connection was opened.
    let generation: Int
    /// Exchanges served so far.
    var served = 0
    /// When the connection was opened, in milliseconds of the monotonic clock.
    private(set) var openedAt: Int64 = 0
    /// When the connection was given back, in milliseconds of the monotonic clock.
    var idleSince: Int64 = 0
    private(set) var isWritable = true

    init(
        pool: UpstreamPool, reservation: ProxyClient?, generation: Int = 0, connection: MultiplexedConnection? = nil
    ) {
        self.pool = pool
        self.reservation = reservation
        self.generation = generation
        self.connection = connection
    }

    var isOpen: Bool { state == .open }

    func handlerAdded(context: ChannelHandlerContext) { channelContext = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        channelContext = nil
        writer = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !pool.isTLS || pool.isMultiplexed { opened() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { opened() }
    }

    private func opened() {
        guard state == .connecting else { return }
        state = .open
        openedAt = pool.loop.now().milliseconds
        writer = channelContext.map { ChannelWriter($0, isDirect: !pool.isTLS && !pool.isMultiplexed) }
        pool.connected(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let client else { return close() }
        client.upstreamRead(unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        client?.upstreamWritabilityChanged(isWritable)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = StreamErrors.isViolation(error) ? .protocolViolation : .receiveFailed
        isRefused = connection?.isRefusal(error) ?? false
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(connection?.wasViolated ?? false ? .protocolViolation : failure)
    }

    /// Opening failed before the channel was active.
    func failedToConnect(_ failure: UpstreamFailure) {
        guard state == .connecting else { return }
        state = .closed
        pool.failedToConnect(self, failure)
    }

    private func ended(_ failure: UpstreamFailure) {
        let earlier = state
        state = .closed
        switch earlier {
        case .connecting: pool.failedToConnect(self, .connectFailed)
        case .open:
            pool.ended(self)
            let user = client
            client = nil
            if isRefused { user?.upstreamRefused() } else { user?.upstreamEnded(failure) }
        case .closed: break
        }
    }

    /// Gives the connection back after an exchange.
    func release() { pool.release(self) }

    /// Closes a connection that nobody uses any more; its client does not hear of it.
    func close() {
        client = nil
        channelContext?.close(promise: nil)
    }

    /// Stops or resumes reading, while the client takes no more.
    func setReading(_ isReading: Bool) {
        guard let channel = channelContext?.channel else { return }
        try? channel.syncOptions?.setOption(.autoRead, value: isReading)
        // A stream does not begin to read by itself. Not at once: what is there already would come in the middle of another event.
        if isReading, pool.isMultiplexed { pool.loop.flushes.add { channel.read() } }
    }
}
