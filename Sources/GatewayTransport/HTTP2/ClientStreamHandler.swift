import GatewayCore
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Lets one stream of an HTTP/2 connection look like a connection of HTTP/1.1 to its ``ClientHandler``, so that requests of both versions
/// take the same way.
///
/// The stream's flow control is the back-pressure: a handler that does not read gives the client no new window.
final class ClientStreamHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let loop: GatewayLoop
    private let connection: ClientConnectionHandler
    private var request = RequestText()
    /// Present once the request's head has come.
    private var answer: ResponseReader?
    private var hasEndedAnswer = false
    private var isFlushScheduled = false

    init(loop: GatewayLoop, connection: ClientConnectionHandler) {
        self.loop = loop
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) { connection.streamOpened() }
    func handlerRemoved(context: ChannelHandlerContext) { connection.streamClosed() }

    // MARK: The request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame) where answer == nil: begin(frame, context)
        case .headers(let frame):
            let end = request.end(frame.headers, context.channel.allocator)
            if end.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(end)) }
        case .data(let frame):
            guard case .byteBuffer(let bytes) = frame.data else { return }
            let framed = request.framed(bytes, endsStream: frame.endStream, context.channel.allocator)
            if framed.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(framed)) }
        default: break
        }
    }

    private func begin(_ frame: HTTP2Frame.FramePayload.Headers, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 512)
        guard request.appendHead(frame.headers, endsStream: frame.endStream, to: &buffer) else {
            return reset(.protocolError, context)
        }
        answer = ResponseReader(isHeadRequest: request.isHeadRequest, limits: loop.settings.limits)
        context.fireChannelRead(wrapInboundOut(buffer))
    }

    // MARK: The answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        bytes.withUnsafeReadableBytes { pass($0, of: bytes, context) }
        promise?.succeed()
    }

    private func pass(_ bytes: UnsafeRawBufferPointer, of buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        var offset = 0
        while !hasEndedAnswer, let part = answer?.next(in: bytes, from: &offset) {
            switch part {
            case .interim, .final: writeHead(isFinal: part == .final, context)
            case .body(.data(let range)):
                guard let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else {
                    return
                }
                let isLast = answer?.body?.isAtEnd ?? false
                writeFrame(.data(.init(data: .byteBuffer(slice), endStream: isLast)), ends: isLast, context)
            case .body(.end): endAnswer(context)
            case .body(.needsMore): return
            case .body(.broken): return reset(.internalError, context)
            }
        }
    }

    private func writeHead(isFinal: Bool, _ context: ChannelHandlerContext) {
        guard let head = answer?.head else { return }
        var fields = HPACKHeaders()
        fields.reserveCapacity(head.fields.count + 1)
        fields.add(name: ":status", value: "\(head.status)")
        for field in head.fields where field.known == .contentLength || !FieldRules.isHopByHop(field.known) {
            fields.add(head.bytes(field.name), head.bytes(field.value), field.known)
        }
        let isLast = isFinal && answer?.isDone ?? false
        writeFrame(.headers(.init(headers: fields, endStream: isLast)), ends: isLast, context)
    }

    private func endAnswer(_ context: ChannelHandlerContext) {
        writeFrame(.end(of: answer?.body), ends: true, context)
    }

    private func writeFrame(_ payload: HTTP2Frame.FramePayload, ends: Bool, _ context: ChannelHandlerContext) {
        if ends { hasEndedAnswer = true }
        context.write(wrapOutboundOut(payload), promise: nil)
        scheduleFlush(context)
    }

    func flush(context: ChannelHandlerContext) { scheduleFlush(context) }

    private func scheduleFlush(_ context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.flushes.add { [self] in
            isFlushScheduled = false
            context.flush()
        }
    }

    // MARK: Ending

    /// The end of an answer is a frame, so closing the sending half only says that nothing follows: an answer that ought to go on is cut.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if !hasEndedAnswer, mode == .output {
            if answer?.endsWithConnection ?? false { endAnswer(context) } else { reset(.internalError, context) }
        }
        loop.flushes.add { [self] in
            if mode == .output {
                context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
            } else {
                end(context)
            }
        }
        promise?.succeed()
    }

    /// Ends the stream. A client that still sends is told to stop, and that its answer is complete (RFC 9113 §8.1).
    private func end(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return context.close(promise: nil) }
        reset(hasEndedAnswer ? .noError : answer == nil ? .refusedStream : .internalError, context)
    }

    private func reset(_ code: HTTP2ErrorCode, _ context: ChannelHandlerContext) {
        hasEndedAnswer = true
        context.write(wrapOutboundOut(.rstStream(code)), promise: nil)
        scheduleFlush(context)
    }
}
