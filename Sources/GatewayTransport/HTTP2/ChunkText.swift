import GatewayCore
import NIOCore
import NIOHPACK

/// Chunks of RFC 9112 §7.1.
enum ChunkText {
    /// Content as a chunk, followed by the last chunk where the body ends with it.
    static func chunk(_ data: ByteBuffer, endsBody: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: data.readableBytes + 32)
        append(data, to: &buffer)
        if endsBody { buffer.writeStaticString("0\r\n\r\n") }
        return buffer
    }

    /// The last chunk with trailers.
    static func end(_ trailers: HPACKHeaders, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 256)
        appendEnd(trailers, to: &buffer)
        return buffer
    }

    private static func append(_ data: ByteBuffer, to buffer: inout ByteBuffer) {
        guard data.readableBytes > 0 else { return }
        buffer.writeString(String(data.readableBytes, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(data)
        buffer.writeStaticString("\r\n")
    }

    private static func appendEnd(_ trailers: HPACKHeaders, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        for (name, value, _) in trailers where FieldRules.isAllowedInTrailers(FieldTexts.known(name)) {
            // One that HTTP/1.1 cannot carry is left out.
            _ = FieldTexts.append(name, value, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }
}
