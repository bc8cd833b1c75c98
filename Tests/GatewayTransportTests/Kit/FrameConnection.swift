import NIOCore
import NIOPosix

@testable import GatewayTransport

/// A frame of HTTP/2 as it is on the wire.
struct RawFrame: Sendable, Equatable {
    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    init(_ kind: FrameKind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.init(raw: kind.rawValue, flags: flags, stream: stream, payload)
    }

    init(raw kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.kind = kind
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    var bytes: [UInt8] {
        var header = FrameHeader(.data, flags: flags, stream: stream, length: payload.count)
        header.kind = kind
        var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        bytes.withUnsafeMutableBytes { target in if let base = target.baseAddress { header.write(to: base) } }
        return bytes + payload
    }

    func isOf(_ kind: FrameKind) -> Bool { self.kind == kind.rawValue }

    /// A number of 32 bits in the payload.
    func number(at place: Int) -> UInt32 { payload.dropFirst(place).prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    /// A head that ends its stream unless `flags` say otherwise.
    static func request(_ stream: UInt32 = 1, flags: UInt8 = 5, _ fields: [UInt8] = head) -> RawFrame {
        RawFrame(.headers, flags: flags, stream: stream, fields)
    }

    static func setting(_ kind: UInt16, _ value: UInt32) -> RawFrame { RawFrame(.settings, big(kind) + big(value)) }

    static func window(_ stream: UInt32, _ bytes: UInt32) -> RawFrame { RawFrame(.windowUpdate, stream: stream, big(bytes)) }

    static func big(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// `GET / HTTP/2` for `http://x`.
    static let head: [UInt8] = [0x82, 0x86, 0x84] + field(":authority", "x")

    /// `GET /refused`, which the gateway answers itself.
    static let refused: [UInt8] = [0x82, 0x86] + field(":path", "/refused") + field(":authority", "x")

    /// A field that is written out (RFC 7541 §6.2.2).
    static func field(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
    }
}

/// A client whose every byte the test chooses.
struct FrameConnection: Sendable {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let channel: any Channel
    let frames: Observed<[RawFrame]>
    let isClosed: Observed<Bool>

    /// Connects, and sends the preface with empty settings unless the test wants others.
    static func connect(port: Int, settings: RawFrame = RawFrame(.settings)) async throws -> FrameConnection {
        let frames = Observed<[RawFrame]>([])
        let isClosed = Observed(false)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FrameRecorder(frames, isClosed))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let connection = FrameConnection(channel: channel, frames: frames, isClosed: isClosed)
        try await connection.send(bytes: preface + settings.bytes)
        return connection
    }

    func send(_ frames: RawFrame...) async throws { try await send(bytes: frames.flatMap(\.bytes)) }

    func send(bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Waits for a frame of this kind, or the end of the connection.
    func frame(_ kind: FrameKind, stream: UInt32 = 0) async -> RawFrame? {
        let all = await frames.wait { [isClosed] in
            isClosed.value || $0.contains { $0.isOf(kind) && $0.stream == stream && $0.flags & 1 == 0 || $0.isOf(.goAway) }
        }
        return all.first { $0.isOf(kind) && $0.stream == stream && $0.flags & 1 == 0 }
    }

    /// The code of the frame that ends the connection.
    func fault() async -> UInt32? { await frame(.goAway)?.number(at: 4) }

    /// Content of a stream so far.
    func content(of stream: UInt32) -> [UInt8] {
        frames.value.filter { $0.isOf(.data) && $0.stream == stream }.flatMap(\.payload)
    }

    /// Waits until a stream has brought so much content, or its end.
    func content(of stream: UInt32, atLeast bytes: Int) async -> [UInt8] {
        await frames.wait { [isClosed] all in
            isClosed.value
                || all.filter { $0.isOf(.data) && $0.stream == stream }.reduce(0) { $0 + $1.payload.count } >= bytes
        }
        return content(of: stream)
    }

    /// Waits until a stream has ended.
    func end(of stream: UInt32) async {
        await frames.wait { [isClosed] all in
            isClosed.value
                || all.contains {
                    $0.stream == stream && (($0.isOf(.data) || $0.isOf(.headers)) && $0.flags & 1 != 0 || $0.isOf(.reset))
                }
        }
    }

    /// Whether the gateway still answers on the connection.
    func isAlive() async throws -> Bool {
        let mark = [UInt8](repeating: UInt8(frames.value.count % 256), count: 8)
        try await send(RawFrame(.ping, mark))
        let all = await frames.wait { [isClosed] all in
            isClosed.value || all.contains { $0.isOf(.goAway) || $0.isOf(.ping) && $0.payload == mark }
        }
        return all.contains { $0.isOf(.ping) && $0.flags == 1 && $0.payload == mark }
    }

    func close() async { try? await channel.close() }
}

private final class FrameRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let frames: Observed<[RawFrame]>
    private let isClosed: Observed<Bool>
    private var unread = ByteBuffer()

    init(_ frames: Observed<[RawFrame]>, _ isClosed: Observed<Bool>) {
        self.frames = frames
        self.isClosed = isClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        unread.writeBuffer(&bytes)
        while unread.readableBytes >= FrameHeader.byteCount {
            let header = unread.withUnsafeReadableBytes { FrameHeader(reading: $0) }
            guard unread.readableBytes >= FrameHeader.byteCount + header.length else { return }
            unread.moveReaderIndex(forwardBy: FrameHeader.byteCount)
            let payload = unread.readBytes(length: header.length) ?? []
            frames.change { $0.append(RawFrame(raw: header.kind, flags: header.flags, stream: header.stream, payload)) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed.change { $0 = true }
        // Wakes those that wait for a frame.
        frames.change { _ in }
    }
}
