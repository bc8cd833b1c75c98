import GatewayCore
import NIOCore
import NIOHTTP2

/// One HTTP/2 connection of a client: watches over its idleness and its end. The requests are with its streams.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum Stage {
        case open
        /// The client was asked to start no more requests; those that it had sent before it heard of that are served.
        case leaving
        /// It has heard of it.
        case left
        /// Since that time (monotonic, in milliseconds) the client's end is waited for.
        case closing(since: Int64)
    }

    private let loop: GatewayLoop
    private var context: ChannelHandlerContext?
    private var stage = Stage.open
    private var streams = 0
    /// Since when there are no streams.
    private var idleSince: Int64

    init(loop: GatewayLoop) {
        self.loop = loop
        idleSince = loop.now().milliseconds
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !loop.admit(self) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .ping(_, ack: true) = unwrapInboundIn(data).payload, case .leaving = stage else { return }
        stage = .left
        closeIfUnused()
    }

    /// Errors of streams go to the streams; what comes here concerns the connection, whose client has been sent the reason.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !StreamErrors.concernsStream(error) { context.close(promise: nil) }
    }

    private func ended() {
        guard context != nil else { return }
        context = nil
        loop.remove(self)
    }

    // MARK: Streams

    func streamOpened() { streams += 1 }

    func streamClosed() {
        streams -= 1
        guard streams == 0, context != nil else { return }
        idleSince = loop.now().milliseconds
        closeIfUnused()
    }

    // MARK: Leaving

    /// Lets the client start no more requests, and closes when those under way are answered (RFC 9113 §6.8).
    func leave() {
        guard let context, case .open = stage else { return }
        stage = .leaving
        let frame = HTTP2Frame.FramePayload.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
        context.write(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: frame)), promise: nil)
        // Its answer shows that the client knows.
        let ping = HTTP2Frame.FramePayload.ping(HTTP2PingData(withInteger: 0), ack: false)
        context.writeAndFlush(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: ping)), promise: nil)
    }

    private func closeIfUnused() {
        guard let context, streams == 0, case .left = stage else { return }
        stage = .closing(since: loop.now().milliseconds)
        context.close(mode: .output, promise: nil)
    }

    /// To be called once a second.
    func check(at now: Int64) {
        let timeouts = loop.settings.timeouts
        switch stage {
        case .open: if streams == 0, idleSince + timeouts.keepAlive < now { leave() }
        case .leaving:
            // A client that does not answer has had a second to send what it had.
            stage = .left
            closeIfUnused()
        case .left: break
        case .closing(let since): if since + timeouts.linger < now { close() }
        }
    }

    func close() { context?.close(promise: nil) }
}
