import NIOCore

/// What arrived on one side of a connection.
struct Received: Sendable {
    /// Everything, or only the head where bodies are checked against ``BytePattern``.
    var text = ""
    var isClosed = false
    /// Whether the end was a reset.
    var isReset = false
    /// Bytes behind the head, where bodies are checked.
    var bodyBytes = 0
    /// Whether each of those was the right one.
    var isBodyRight = true

    var hasHead: Bool { text.hasSuffix("\r\n\r\n") }
}

/// Notes the bytes of one side of a connection as they arrive.
final class ReceivedBytes: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let received = Observed(Received())
    private let checksBody: Bool

    /// - Parameter checksBody: compares what follows the head with ``BytePattern`` instead of keeping it.
    init(checksBody: Bool = false) { self.checksBody = checksBody }

    var value: Received { received.value }
    var text: String { received.value.text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.change { received in
            guard checksBody else { return received.text += String(buffer: buffer) }
            while !received.hasHead, let byte = buffer.readInteger(as: UInt8.self) {
                received.text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            buffer.withUnsafeReadableBytes { bytes in
                if !BytePattern.matches(bytes, at: received.bodyBytes) { received.isBodyRight = false }
            }
            received.bodyBytes += buffer.readableBytes
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { received.change { $0.isClosed = true } }
    }

    func channelInactive(context: ChannelHandlerContext) { received.change { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if (error as? IOError)?.errnoCode == 104 { received.change { $0.isReset = true } }
        context.close(promise: nil)
    }

    @discardableResult
    func wait(until condition: @escaping @Sendable (Received) -> Bool) async -> Received {
        await received.wait(until: condition)
    }

    func clear() { received.change { $0.text = "" } }
}

/// Bytes that tell where they belong: a long body that lost, repeated or swapped a piece does not match.
enum BytePattern {
    /// A prime, so that the pattern never falls in step with buffer sizes.
    private static let period = 65_521
    private static let twice: [UInt8] = (0..<2 * period).map { UInt8(truncatingIfNeeded: ($0 % period) &* 2_654_435_761 >> 16) }

    static func slice(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        let start = offset % period
        return twice[start..<start + min(count, period)]
    }

    static func matches(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let expected = slice(at: offset + done, count: bytes.count - done)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[done..<done + expected.count])
            guard expected.withUnsafeBytes({ $0.elementsEqual(piece) }) else { return false }
            done += expected.count
        }
        return true
    }
}
