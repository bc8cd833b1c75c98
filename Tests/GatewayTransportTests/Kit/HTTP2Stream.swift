import NIOCore
import NIOHPACK
import NIOHTTP2

/// What one side of an HTTP/2 stream has received.
struct StreamRecord: Sendable {
    /// Heads and trailers in order.
    var heads: [HPACKHeaders] = []
    var body = ByteBuffer()
    var bodyBytes = 0
    /// Whether the other side has said all.
    var isEnded = false
    var reset: HTTP2ErrorCode?
    var isClosed = false

    var status: String? { heads.last { $0.contains(name: ":status") }?.first(name: ":status") }
    var text: String { String(buffer: body) }
    var trailers: HPACKHeaders? { heads.last.flatMap { $0.contains(name: ":status") || $0.contains(name: ":path") ? nil : $0 } }
}

/// One side of an HTTP/2 stream that sends as the test says.
struct HTTP2Stream: Sendable {
    let channel: any Channel
    let received: Observed<StreamRecord>

    func send(_ headers: HPACKHeaders, ends: Bool = false) async throws {
        try await channel.writeAndFlush(HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: ends)))
    }

    func send(_ text: String, ends: Bool = false) async throws { try await send(ByteBuffer(string: text), ends: ends) }

    func send(_ bytes: ByteBuffer, ends: Bool = false) async throws {
        try await channel.writeAndFlush(HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(bytes), endStream: ends)))
    }

    func reset() async throws { try? await channel.close() }

    func reset(_ code: HTTP2ErrorCode) async throws {
        try await channel.writeAndFlush(HTTP2Frame.FramePayload.rstStream(code))
    }

    /// Waits until the other side has said all, or the stream is gone.
    @discardableResult
    func end() async -> StreamRecord { await received.wait { $0.isEnded || $0.isClosed } }

    /// Waits for so many heads.
    @discardableResult
    func heads(_ count: Int = 1) async -> StreamRecord { await received.wait { $0.heads.count >= count || $0.isClosed } }

    @discardableResult
    func body(_ text: String) async -> StreamRecord { await received.wait { $0.text.hasSuffix(text) || $0.isClosed } }
}

/// Records what comes on a stream.
final class StreamRecorder: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    private let received: Observed<StreamRecord>
    private let keepsBody: Bool

    init(_ received: Observed<StreamRecord>, keepsBody: Bool = true) {
        self.received = received
        self.keepsBody = keepsBody
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            received.change {
                $0.heads.append(frame.headers)
                $0.isEnded = frame.endStream
            }
        case .data(let frame):
            guard case .byteBuffer(var bytes) = frame.data else { return }
            received.change { [keepsBody] in
                $0.bodyBytes += bytes.readableBytes
                if keepsBody { $0.body.writeBuffer(&bytes) }
                $0.isEnded = frame.endStream
            }
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let closed = error as? NIOHTTP2Errors.StreamClosed { received.change { $0.reset = closed.errorCode } }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { received.change { $0.isClosed = true } }
}
