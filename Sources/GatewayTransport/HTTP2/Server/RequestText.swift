import GatewayCore
import NIOCore
import NIOHPACK

/// Writes the requests of HTTP/2 streams as HTTP/1.1, and refuses those that are malformed (RFC 9113 §8.1.1).
struct RequestText {
    private(set) var isHeadRequest = false
    private(set) var isChunked = false
    /// Bytes that the body has yet to have, where the head says how many it has.
    private var missing: Int?

    /// Appends the head of a request (RFC 9113 §8.3.1); false if it is malformed, or none that HTTP/1.1 could carry.
    mutating func appendHead(_ fields: HPACKHeaders, endsStream: Bool, to buffer: inout ByteBuffer) -> Bool {
        var line = RequestLineFields()
        var cookies = ""
        for (name, value, _) in fields {
            if name.utf8.first == 0x3A {
                guard !line.isWritten, line.note(name, value) else { return false }
                continue
            }
            if !line.isWritten { guard line.write(to: &buffer) else { return false } }
            guard append(name, value, hasAuthority: line.authority != nil, &cookies, to: &buffer) else { return false }
        }
        if !line.isWritten { guard line.write(to: &buffer) else { return false } }
        // RFC 9113 §8.2.3: the pieces of a cookie are one field in HTTP/1.1.
        if !cookies.isEmpty, !FieldTexts.append("cookie", cookies, to: &buffer) { return false }
        isHeadRequest = line.method == "HEAD"
        isChunked = !endsStream && missing == nil
        if isChunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        return !endsStream || (missing ?? 0) == 0
    }

    private mutating func append(
        _ name: String, _ value: String, hasAuthority: Bool, _ cookies: inout String, to buffer: inout ByteBuffer
    ) -> Bool {
        switch FieldTexts.known(name) {
        case .host where hasAuthority: return true
        case .cookie:
            cookies += cookies.isEmpty ? value : "; " + value
            return true
        case .contentLength:
            guard missing == nil, let length = FieldTexts.length(value) else { return false }
            missing = length
        case .connection, .transferEncoding, .upgrade, .keepAlive, .proxyConnection: return false
        case .te: guard value == "trailers" else { return false }
        default: break
        }
        return FieldTexts.isName(name) && FieldTexts.append(name, value, to: &buffer)
    }

    /// Counts content; false if the body gets longer than the head says, or ends before.
    mutating func take(_ count: Int, endsStream: Bool) -> Bool {
        guard let missing else { return true }
        self.missing = missing - count
        return endsStream ? missing == count : missing >= count
    }

    /// Content in the framing of the head.
    func framed(_ data: ByteBuffer, endsStream: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        isChunked ? ChunkText.chunk(data, endsBody: endsStream, allocator) : data
    }

    /// What ends a body with these trailers; empty where the framing of the head has no place for them, `nil` if they are malformed.
    func end(_ trailers: HPACKHeaders, _ allocator: ByteBufferAllocator) -> ByteBuffer? {
        for (name, _, _) in trailers where !FieldTexts.isName(name) { return nil }
        return isChunked ? ChunkText.end(trailers, allocator) : ByteBuffer()
    }
}

/// The pseudo-header fields of a request.
private struct RequestLineFields {
    private(set) var method: String?
    private var scheme: String?
    private var path: String?
    private(set) var authority: String?
    /// Whether the request line is written, so that no more of them may come.
    private(set) var isWritten = false

    /// Takes a field; false for one that is not known or comes again.
    mutating func note(_ name: String, _ value: String) -> Bool {
        switch name {
        case ":method": Self.set(&method, value)
        case ":path": Self.set(&path, value)
        case ":authority": Self.set(&authority, value)
        case ":scheme": Self.set(&scheme, value)
        default: false
        }
    }

    private static func set(_ field: inout String?, _ value: String) -> Bool {
        guard field == nil else { return false }
        field = value
        return true
    }

    /// Writes the request line and the host; what the line says is for the parser of requests to judge.
    mutating func write(to buffer: inout ByteBuffer) -> Bool {
        guard let method, let path, scheme != nil, let first = path.utf8.first, first == 0x2F || path == "*",
            FieldTexts.isLine(method), FieldTexts.isLine(path)
        else { return false }
        isWritten = true
        buffer.writeString(method)
        buffer.writeStaticString(" ")
        buffer.writeString(path)
        buffer.writeStaticString(" HTTP/1.1\r\n")
        guard let authority else { return true }
        return FieldTexts.append("host", authority, to: &buffer)
    }
}
