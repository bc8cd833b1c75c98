import GatewayCore
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Lets one stream to an HTTP/2 upstream look like a connection of HTTP/1.1 to its ``UpstreamHandler``.
final class UpstreamStreamHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let flushes: StreamFlushes
    private let connection: MultiplexedConnection
    private let scheme: String
    private var request: RequestReader
    /// Present once the request's head is sent.
    private var answer: ResponseText?
    private var hasEndedRequest = false
    private var isFlushScheduled = false

    init(connection: MultiplexedConnection, isTLS: Bool, limits: WireLimits, flushes: StreamFlushes) {
        self.connection = connection
        self.flushes = flushes
        scheme = isTLS ? "https" : "http"
        request = RequestReader(limits: limits)
    }

    func handlerRemoved(context: ChannelHandlerContext) { connection.streamClosed() }

    // MARK: The request

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        bytes.withUnsafeReadableBytes { pass($0, of: bytes, context) }
        promise?.succeed()
    }

    private func pass(_ bytes: UnsafeRawBufferPointer, of buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        var offset = 0
        while !hasEndedRequest {
            switch request.next(in: bytes, from: &offset) {
            case .head: writeHead(context)
            case .body(.data(let range)):
                guard let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else {
                    return
                }
                let isLast = request.body?.isAtEnd ?? false
                writeFrame(.data(.init(data: .byteBuffer(slice), endStream: isLast)), ends: isLast, context)
            case .body(.end): endRequest(context)
            case .body(.needsMore): return
            case .body(.broken): return reset(context)
            }
        }
    }

    private func writeHead(_ context: ChannelHandlerContext) {
        let head = request.head
        answer = ResponseText(isHeadRequest: head.bytes(head.method).elementsEqual("HEAD".utf8))
        var fields = HPACKHeaders()
        fields.reserveCapacity(head.fields.count + 5)
        fields.add(name: ":method", value: FieldTexts.text(head.bytes(head.method)))
        fields.add(name: ":scheme", value: scheme)
        fields.add(name: ":authority", value: FieldTexts.text(head.bytes(head.host)))
        fields.add(name: ":path", value: FieldTexts.text(head.bytes(head.target)), indexing: .nonIndexable)
        var isGRPC = false
        for field in head.fields where field.known != .host {
            if field.known != .contentLength, FieldRules.isHopByHop(field.known) { continue }
            if field.known == .contentType { isGRPC = head.bytes(field.value).starts(with: "application/grpc".utf8) }
            fields.add(head.bytes(field.name), head.bytes(field.value), field.known)
        }
        // Servers of gRPC ask for it, to find out intermediaries that know no trailers.
        if isGRPC { fields.add(name: "te", value: "trailers") }
        writeFrame(.headers(.init(headers: fields, endStream: request.isDone)), ends: request.isDone, context)
    }

    private func endRequest(_ context: ChannelHandlerContext) {
        writeFrame(.end(of: request.body), ends: true, context)
    }

    private func writeFrame(_ payload: HTTP2Frame.FramePayload, ends: Bool, _ context: ChannelHandlerContext) {
        if ends { hasEndedRequest = true }
        context.write(wrapOutboundOut(payload), promise: nil)
        scheduleFlush(context)
    }

    func flush(context: ChannelHandlerContext) { scheduleFlush(context) }

    private func scheduleFlush(_ context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        flushes.add { [self] in
            isFlushScheduled = false
            context.flush()
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        hasEndedRequest = true
        flushes.add { context.close(promise: nil) }
    }

    /// A stream that is given up is reset, which tells the upstream to stop.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        reset(context)
        promise?.succeed()
    }

    // MARK: The answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let allocator = context.channel.allocator
        switch unwrapInboundIn(data) {
        case .headers(let frame) where answer?.hasFinalHead ?? false:
            pass(answer?.end(frame.headers, allocator), context)
        case .headers(let frame):
            var buffer = allocator.buffer(capacity: 512)
            // What is no answer is passed on as none, for the connection's parser to complain about.
            if answer?.appendHead(frame.headers, endsStream: frame.endStream, to: &buffer) != true {
                buffer = ByteBuffer(string: "?")
            }
            pass(buffer, context)
        case .data(let frame):
            guard case .byteBuffer(let bytes) = frame.data else { return }
            pass(answer?.framed(bytes, endsStream: frame.endStream, allocator), context)
        default: break
        }
    }

    private func pass(_ bytes: ByteBuffer?, _ context: ChannelHandlerContext) {
        if let bytes, bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
    }
}
