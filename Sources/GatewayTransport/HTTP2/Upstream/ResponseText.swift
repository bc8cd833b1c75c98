import GatewayCore
import NIOCore
import NIOHPACK

/// Writes the answers of HTTP/2 upstreams as HTTP/1.1.
struct ResponseText {
    private let isHeadRequest: Bool
    private(set) var hasFinalHead = false
    private var isChunked = false
    private var hasBody = false

    init(isHeadRequest: Bool) { self.isHeadRequest = isHeadRequest }

    /// Appends the head of an answer (RFC 9113 §8.3.2); false if the fields make none that HTTP/1.1 could carry.
    mutating func appendHead(_ fields: HPACKHeaders, endsStream: Bool, to buffer: inout ByteBuffer) -> Bool {
        guard let text = fields.first(name: ":status"), let status = Int32(text), (100...599).contains(status) else {
            return false
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status)")
        buffer.writeStaticString(" ")
        buffer.writeStaticString(ResponseHead.reason(of: status))
        buffer.writeStaticString("\r\n")
        var hasLength = false
        for (name, value, _) in fields where name.utf8.first != 0x3A {
            let known = FieldTexts.known(name)
            if known == .contentLength { hasLength = true } else if FieldRules.isHopByHop(known) { continue }
            guard FieldTexts.append(name, value, to: &buffer) else { return false }
        }
        hasFinalHead = status >= 200
        hasBody = hasFinalHead && !isHeadRequest && status != 204 && status != 304
        isChunked = hasBody && !endsStream && !hasLength
        if isChunked {
            buffer.writeStaticString("transfer-encoding: chunked\r\n")
        } else if hasBody, !hasLength {
            buffer.writeStaticString("content-length: 0\r\n")
        }
        buffer.writeStaticString("\r\n")
        return true
    }

    /// Content in the framing of the head.
    func framed(_ data: ByteBuffer, endsStream: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard hasBody else { return ByteBuffer() }
        return isChunked ? ChunkText.chunk(data, endsBody: endsStream, allocator) : data
    }

    /// What ends a body with these trailers; empty where the framing of the head has no place for them.
    func end(_ trailers: HPACKHeaders, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        isChunked ? ChunkText.end(trailers, allocator) : ByteBuffer()
    }
}
