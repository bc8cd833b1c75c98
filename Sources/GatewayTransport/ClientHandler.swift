import GatewayCore
import NIOCore
import NIOSSL
import NIOTLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One client connection of HTTP/1.1.
final class ClientHandler: ProxyClient, ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var channelContext: ChannelHandlerContext?
    private var writer: ChannelWriter?
    private let isAdopted: Bool

    /// - Parameter isAdopted: whether the connection comes from another transport.
    init(loop: GatewayLoop, facts: ConnectionFacts, isAdopted: Bool = false) {
        self.isAdopted = isAdopted
        super.init(loop: loop, connection: ProxyConnection(context: loop.context, facts: facts, at: loop.now()))
    }

    /// Goes on with a connection of another transport, whose request waits for an upstream.
    init(loop: GatewayLoop, adopting connection: ProxyConnection) {
        isAdopted = true
        super.init(loop: loop, connection: connection)
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        channelContext = context
        writer = ChannelWriter(context, isDirect: !connection.facts.isTLS)
        if !enter(isAdopted: isAdopted) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    private func leave() {
        guard isPresent else { return }
        channelContext = nil
        writer = nil
        ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted: connection.facts.noteCertificate(of: context.channel, loop)
        case ChannelEvent.inputClosed: inputEnded()
        case ChannelEvent.outputClosed: outputClosed()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { writabilityChanged(context.channel.isWritable) }

    // MARK: The way to the client

    override func transmit(_ scratch: OutputBuffer, _ buffer: ByteBuffer, _ range: Range<Int>) {
        guard let writer else { return scratch.removeAll() }
        loop.send(scratch, buffer, range, to: writer)
    }

    override func applyReading(_ isReading: Bool) {
        try? channelContext?.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    override func closeOutput() {
        guard let channelContext else { return }
        guard hasInputEnded else { return channelContext.close(mode: .output, promise: nil) }
        // With both halves ended the channel would close at once, over what waits to be sent.
        let sent = channelContext.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in channelContext.close(promise: nil) }
        channelContext.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    override func close() { channelContext?.close(promise: nil) }

    /// Ends the connection with a reset, and without TLS's own goodbye.
    override func abort() {
        guard let channelContext else { return }
        let channel = channelContext.channel
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? channelContext).close(promise: nil)
    }

    // MARK: Adoption

    /// Has the adopted request go to its upstream.
    ///
    /// - Parameters:
    ///   - unsent: what the client has to get before its answer.
    ///   - received: bytes of the client that are still to be looked at.
    func begin(sending unsent: [UInt8], received: [UInt8]) {
        guard isPresent else { return }
        send(first: unsent)
        if !received.isEmpty { hold(ByteBuffer(bytes: received)) }
        settle(.acquireUpstream, at: loop.now())
    }

    /// Sends what another transport still owed the client.
    func send(first unsent: [UInt8]) {
        if !unsent.isEmpty { writer?.enqueue(ByteBuffer(bytes: unsent), flush: true) }
    }

    /// The adopted connection was gone before it arrived.
    func abandon() { _ = connection.clientClosed(at: loop.now()) }
}
