import GatewayCore
import NIOCore
import NIOHPACK

/// Writes the requests of HTTP/2 streams as HTTP/1.1.
struct RequestText {
    private(set) var isHeadRequest = false
    private(set) var isChunked = false

    /// Appends the head of a request (RFC 9113 §8.3.1); false if the fields make no request that HTTP/1.1 could carry.
    mutating func appendHead(_ fields: HPACKHeaders, endsStream: Bool, to buffer: inout ByteBuffer) -> Bool {
        var line = RequestLineFields()
        for (name, value, _) in fields where name.utf8.first == 0x3A { line.note(name, value) }
        guard let method = line.method, let path = line.path, line.isUsable else { return false }
        isHeadRequest = method == "HEAD"
        buffer.writeString(method)
        buffer.writeStaticString(" ")
        buffer.writeString(path)
        buffer.writeStaticString(" HTTP/1.1\r\n")
        if let authority = line.authority, !FieldTexts.append("host", authority, to: &buffer) { return false }
        var hasLength = false
        var cookies = ""
        for (name, value, _) in fields where name.utf8.first != 0x3A {
            switch FieldTexts.known(name) {
            case .host where line.authority != nil: continue
            case .cookie: cookies += cookies.isEmpty ? value : "; " + value
            case .contentLength:
                hasLength = true
                fallthrough
            default: guard FieldTexts.append(name, value, to: &buffer) else { return false }
            }
        }
        // RFC 9113 §8.2.3: the pieces of a cookie are one field in HTTP/1.1.
        if !cookies.isEmpty, !FieldTexts.append("cookie", cookies, to: &buffer) { return false }
        isChunked = !endsStream && !hasLength
        if isChunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        return true
    }

    /// Content in the framing of the head.
    func framed(_ data: ByteBuffer, endsStream: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        isChunked ? ChunkText.chunk(data, endsBody: endsStream, allocator) : data
    }

    /// What ends a body with these trailers; empty where the framing of the head has no place for them.
    func end(_ trailers: HPACKHeaders, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        isChunked ? ChunkText.end(trailers, allocator) : ByteBuffer()
    }
}

/// The pseudo-header fields of a request.
private struct RequestLineFields {
    var method: String?
    var path: String?
    var authority: String?

    mutating func note(_ name: String, _ value: String) {
        switch name {
        case ":method": method = value
        case ":path": path = value
        case ":authority": authority = value
        default: break
        }
    }

    /// Whether the request line is one by its form; what it says is for the parser of requests to judge.
    var isUsable: Bool {
        guard let method, let path, let first = path.utf8.first else { return false }
        return (first == 0x2F || path == "*") && FieldTexts.isLine(method) && FieldTexts.isLine(path)
    }
}

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
