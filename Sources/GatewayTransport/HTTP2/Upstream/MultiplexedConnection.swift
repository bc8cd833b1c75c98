import GatewayCore
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOTLS

/// One HTTP/2 connection to an upstream, which carries many requests at a time.
final class MultiplexedConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private enum State { case connecting, open, leaving, closed }

    private let pool: MultiplexedPool
    private let frames: NIOHTTP2Handler
    private var state = State.connecting
    private var context: ChannelHandlerContext?
    /// Requests under way.
    private var streams = 0
    /// Most requests that the upstream takes at a time.
    private var limit: Int
    private var hasServed = false
    private var idleSince: Int64 = 0
    private var openedAt: Int64 = 0
    /// The last stream that the upstream has looked at, or will, since it said so.
    private var lastServed = HTTP2StreamID.maxID
    /// Whether what came was no HTTP/2.
    private(set) var wasViolated = false
    /// Streams that are asked for and not there yet.
    private var opening: [UpstreamHandler] = []

    init(pool: MultiplexedPool, frames: NIOHTTP2Handler, limit: Int) {
        self.pool = pool
        self.frames = frames
        self.limit = limit
    }

    var hasRoom: Bool { state == .open && streams < limit }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        if !pool.isTLS { opened() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let version) = event as? TLSUserEvent else { return }
        if version == "h2" { opened() } else { ended(.protocolViolation) }
    }

    private func opened() {
        guard state == .connecting else { return }
        state = .open
        idleSince = pool.now
        openedAt = idleSince
        pool.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .settings(.settings(let settings)):
            for setting in settings where setting.parameter == .maxConcurrentStreams {
                limit = min(setting.value, pool.streamLimit)
            }
            if hasRoom { pool.serveWaiters() }
        case .goAway(let lastStreamID, _, _):
            lastServed = min(lastServed, lastStreamID)
            leave()
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if StreamErrors.concernsStream(error) { return }
        wasViolated = error is any NIOHTTP2Error || error is any NIOHPACKError
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { ended(.connectFailed) }

    /// The connection could not be made.
    func failedToConnect(_ failure: UpstreamFailure) { ended(failure) }

    private func ended(_ failure: UpstreamFailure) {
        guard state != .closed else { return }
        let wasConnecting = state == .connecting
        state = .closed
        pool.forget(self)
        for handler in opening { handler.failedToConnect(.closed) }
        opening.removeAll()
        if wasConnecting { pool.failedToOpen(failure) }
        close()
    }

    func close() { context?.close(promise: nil) }

    /// Takes no further requests, and closes after those under way.
    func leave() {
        if state == .open { state = .leaving }
        pool.forget(self)
        if streams == 0 { close() }
    }

    /// Closes a connection that has had nothing to do since then, or has been open since the other time.
    func closeIfIdle(since milliseconds: Int64, orOpenSince opened: Int64) {
        guard state == .open else { return }
        if openedAt < opened { leave() } else if streams == 0, idleSince < milliseconds { close() }
    }

    // MARK: Streams

    /// Begins a request for a client, which gets its stream in the loop's next turn.
    func open(for client: ProxyClient) {
        guard let multiplexer = try? frames.syncMultiplexer(), let context else { return pool.fail(client) }
        streams += 1
        let handler = UpstreamHandler(pool: pool, reservation: client, connection: self)
        if hasServed { handler.served = 1 }
        hasServed = true
        opening.append(handler)
        let bound = NIOLoopBound((self, handler), eventLoop: context.eventLoop)
        multiplexer.createStreamChannel(promise: nil) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (connection, handler) = bound.value
                try stream.pipeline.syncOperations.addHandlers([connection.pool.streamHandler(connection), handler])
            }
        }
    }

    /// Whether an error of a stream says that its request was not processed (RFC 9113 §8.7).
    func isRefusal(_ error: any Error) -> Bool {
        if let closed = error as? NIOHTTP2Errors.StreamClosed, closed.streamID > lastServed { return true }
        return StreamErrors.isRefusal(error)
    }

    func streamIsThere(_ handler: UpstreamHandler) { opening.removeAll { $0 === handler } }

    func streamClosed() {
        streams -= 1
        if streams == 0 { idleSince = pool.now }
        if state == .leaving, streams == 0 { close() }
        if hasRoom { pool.serveWaiters() }
    }
}

/// Which errors of a connection concern one of its streams only.
enum StreamErrors {
    static func concernsStream(_ error: any Error) -> Bool {
        error is NIOHTTP2Errors.StreamError || error is NIOHTTP2Errors.NoSuchStream || error is NIOHTTP2Errors.StreamClosed
    }

    /// Whether an error says that what came on a stream, or went there in the opinion of the peer, was against the rules.
    static func isViolation(_ error: any Error) -> Bool {
        if let closed = error as? NIOHTTP2Errors.StreamClosed { return closed.errorCode == .protocolError }
        return error is NIOHTTP2Errors.StreamError || error is any NIOHPACKError
    }

    /// Whether an error says that the peer has refused a stream, or was not sent it.
    static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case let closed as NIOHTTP2Errors.StreamClosed: closed.errorCode == .refusedStream
        case let failed as NIOHTTP2Errors.StreamError: isRefusal(failed.baseError)
        default: error is NIOHTTP2Errors.CreatedStreamAfterGoaway
        }
    }
}
