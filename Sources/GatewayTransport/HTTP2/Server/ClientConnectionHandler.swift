import GatewayCore
import NIOCore

/// One HTTP/2 connection of a client: reads frames, opens streams, watches over windows and limits, and sends what the streams answer. The
/// requests are with the streams.
///
/// Frames are put together in one buffer, which is sent when the event at hand is dealt with: then what many streams have written goes out
/// in one piece, and in as few records of TLS as possible.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Stage {
        case open
        /// The client was asked to start no more requests; those that it had sent before it heard of that are served.
        case leaving
        /// It has heard of it.
        case left
        /// Since that time (monotonic, in milliseconds) the client's end is waited for.
        case closing(since: Int64)
        /// The client has made a mistake, and has been told so; nothing more of it is looked at.
        case failed
    }

    let loop: GatewayLoop
    let facts: ConnectionFacts
    var bounds: HTTP2Bounds { loop.settings.http2 }
    private(set) var context: ChannelHandlerContext?
    let allocator = ByteBufferAllocator()
    var stage = Stage.open
    /// Since when there are no streams.
    private var idleSince: Int64

    // What comes.
    /// The beginning of a frame whose rest has not come yet.
    private var unread: ByteBuffer?
    private var expectsPreface = true
    var expectsSettings = true
    var fields: FieldBlockReader
    var flood: FloodGuard
    /// Bytes of content that the client may still send.
    var receiveWindow = 65_535
    /// Whether the client knows how much it may send on a stream.
    var knowsSettings = false

    // Streams.
    var streams: [UInt32: ClientStream] = [:]
    /// The last stream that the client has opened.
    var lastStream: UInt32 = 0
    /// The numbers that the client has passed over last.
    private(set) var skippedStreams: [Range<UInt32>] = []
    /// The streams that the gateway has reset last; frames of them that were under way are no mistakes.
    private(set) var resetStreams: [UInt32] = []
    /// Streams that have nothing more to do.
    private var finished: [ClientStream] = []
    /// Streams whose requests have come to their end, for further ones.
    private var spare: [ClientStream] = []

    // What goes.
    var output = HTTP2Output()
    private var isFlushScheduled = false
    private var isSending = false

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let spareStreams = 16
    private static let rememberedResets = 64
    private static let rememberedSkips = 64

    init(loop: GatewayLoop, facts: ConnectionFacts) {
        self.loop = loop
        self.facts = facts
        let now = loop.now().milliseconds
        idleSince = now
        flood = FloodGuard(loop.settings.http2, at: now)
        fields = FieldBlockReader(limit: 2 * loop.settings.limits.headBytes)
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard loop.admit(self) else { return context.close(promise: nil) }
        output.writeSettings(bounds, headerListBytes: loop.settings.limits.headBytes)
        creditConnection()
        // The handshake's last bytes may still be under way: not at once.
        scheduleFlush()
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// A client that hears nothing of windows and settings cannot be served on.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private func ended() {
        guard context != nil else { return }
        context = nil
        let all = Array(streams.values)
        streams.removeAll()
        for stream in all { stream.ended() }
        finished.removeAll()
        spare.removeAll()
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if var earlier = unread {
            unread = nil
            earlier.writeBuffer(&bytes)
            bytes = earlier
        }
        do throws(ConnectionFault) {
            try read(&bytes)
        } catch {
            fail(error.code)
        }
        // A copy, so that the buffer can be used again for what comes next.
        if bytes.readableBytes > 0, self.context != nil { unread = ByteBuffer(bytes: bytes.readableBytesView) }
        scheduleFlush()
    }

    private func read(_ bytes: inout ByteBuffer) throws(ConnectionFault) {
        if expectsPreface {
            guard bytes.readableBytes >= Self.preface.count else { return }
            guard bytes.readableBytesView.starts(with: Self.preface) else { throw ConnectionFault(.protocolError) }
            bytes.moveReaderIndex(forwardBy: Self.preface.count)
            expectsPreface = false
        }
        while bytes.readableBytes >= FrameHeader.byteCount, context != nil {
            switch stage {
            case .failed, .closing: return bytes.clear()
            case .open, .leaving, .left: break
            }
            let header = bytes.withUnsafeReadableBytes { FrameHeader(reading: $0) }
            guard header.length <= FrameHeader.longestPayload else { throw ConnectionFault(.frameSize) }
            guard bytes.readableBytes >= FrameHeader.byteCount + header.length else { return }
            bytes.moveReaderIndex(forwardBy: FrameHeader.byteCount)
            guard let payload = bytes.readSlice(length: header.length) else { return }
            try take(header, payload)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        output.isBlocked = !context.channel.isWritable
        if !output.isBlocked { scheduleFlush() }
    }

    // MARK: Streams

    /// A stream for a request, which may have served another one before.
    func makeStream(_ number: UInt32) -> ClientStream {
        let stream = spare.popLast() ?? ClientStream(connection: self)
        stream.prepare(number, sendWindow: output.initialStreamWindow)
        return stream
    }

    /// Both sides have said all that they have to say, or the stream was reset. Others may still be busy with it, so it is let go later.
    func finish(_ stream: ClientStream) {
        finished.append(stream)
        scheduleFlush()
    }

    /// Tells the client that a stream is over before its time.
    func writeReset(_ stream: UInt32, _ code: FaultCode) {
        output.writeReset(stream: stream, code)
        if resetStreams.count == Self.rememberedResets { resetStreams.removeFirst() }
        resetStreams.append(stream)
    }

    /// The client has passed over the numbers before `end`, and so cannot use them any more.
    func noteSkipped(from start: UInt32, to end: UInt32) {
        if skippedStreams.count == Self.rememberedSkips { skippedStreams.removeFirst() }
        skippedStreams.append(start..<end)
    }

    /// The client takes nothing more of a stream.
    func drop(_ stream: ClientStream) {
        streams[stream.number] = nil
        stream.ended()
        noteIfIdle()
    }

    private func letFinishedGo() {
        guard !finished.isEmpty else { return }
        let all = finished
        finished.removeAll(keepingCapacity: true)
        for stream in all where streams[stream.number] === stream {
            streams[stream.number] = nil
            if stream.isReusable, spare.count < Self.spareStreams {
                stream.rest()
                spare.append(stream)
            } else {
                stream.ended()
            }
        }
        noteIfIdle()
    }

    private func noteIfIdle() {
        guard streams.isEmpty, context != nil else { return }
        idleSince = loop.now().milliseconds
        closeIfUnused()
    }

    // MARK: Sending

    /// Has everything that was written sent when the event at hand is dealt with.
    func scheduleFlush() {
        guard !isFlushScheduled, context != nil else { return }
        isFlushScheduled = true
        loop.flushes.add { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    private func flush() {
        letFinishedGo()
        serveBlocked()
        guard let context, !isSending, output.frames.readableBytes > 0 else { return }
        isSending = true
        context.writeAndFlush(wrapOutboundOut(output.frames), promise: nil)
        isSending = false
        if output.sent() { scheduleFlush() }
    }

    /// Lets streams go on that have waited for the client.
    private func serveBlocked() {
        // Nothing follows the frame that ends the connection.
        if case .failed = stage { return }
        for number in output.takeBlockedStreams() { streams[number]?.goOn() }
    }

    // MARK: Leaving

    /// Tells the client what it did wrong, and closes.
    private func fail(_ code: FaultCode) {
        stage = .failed
        output.writeGoAway(lastStream: lastStream, code)
        flush()
        context?.close(promise: nil)
    }

    /// Lets the client start no more requests, and closes when those under way are answered (RFC 9113 §6.8).
    func leave() {
        guard case .open = stage else { return }
        stage = .leaving
        output.writeGoAway(lastStream: 0x7FFF_FFFF, .noError)
        // Its answer shows that the client knows.
        output.writePing(0, isAnswer: false)
        scheduleFlush()
    }

    /// The client has answered the PING.
    func clientKnows() {
        guard case .leaving = stage else { return }
        stage = .left
        closeIfUnused()
    }

    private func closeIfUnused() {
        guard let context, streams.isEmpty, case .left = stage else { return }
        stage = .closing(since: loop.now().milliseconds)
        flush()
        context.close(mode: .output, promise: nil)
    }

    /// To be called once a second.
    func check(at now: Int64) {
        let timeouts = loop.settings.timeouts
        switch stage {
        case .open: if streams.isEmpty, idleSince + timeouts.keepAlive < now { leave() }
        // A client that does not answer has had a second to send what it had.
        case .leaving: clientKnows()
        case .left, .failed: break
        case .closing(let since): if since + timeouts.linger < now { close() }
        }
    }

    func close() { context?.close(promise: nil) }
}
