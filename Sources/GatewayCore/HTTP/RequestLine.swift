/// Parses `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3).
struct RequestLine {
    let base: UnsafeRawPointer
    /// Where to read; after ``parse(targetLimit:into:)`` behind the line's CR LF.
    var position: Int
    /// Behind the head's last byte.
    let headEnd: Int

    private func byte(_ index: Int) -> UInt8 { base.load(fromByteOffset: index, as: UInt8.self) }

    mutating func parse(targetLimit: Int, into head: inout RequestHead) -> WireProblem? {
        let methodStart = position
        while ByteScanning.isToken(byte(position)) { position &+= 1 }
        guard position > methodStart, byte(position) == ByteScanning.space else { return .malformedRequestLine }
        head.method = ByteSpan(start: methodStart, count: position &- methodStart)
        let start = position &+ 1
        position = start
        // Visible ASCII only: a space ends the target, everything else there has no place in a URL.
        position = ByteScanning.targetEnd(base, from: position, to: headEnd)
        guard byte(position) == ByteScanning.space, position > start else {
            return position < headEnd && byte(position) > ByteScanning.space ? .malformedTarget : .malformedRequestLine
        }
        guard position &- start <= targetLimit else { return .targetTooLong }
        let end = position
        if let problem = parseVersion(into: &head) { return problem }
        return parseTarget(from: start, to: end, into: &head)
    }

    /// Any 1.x is served as 1.1 (RFC 9110 §2.5).
    private mutating func parseVersion(into head: inout RequestHead) -> WireProblem? {
        let start = position &+ 1
        var count = 0
        while byte(start &+ count) > ByteScanning.space { count &+= 1 }
        position = start &+ count &+ 2
        guard count == 8, byte(start &+ 8) == ByteScanning.carriageReturn, byte(start &+ 9) == ByteScanning.lineFeed,
            base.loadUnaligned(fromByteOffset: start, as: UInt32.self) == UInt32(bigEndian: 0x4854_5450),
            byte(start &+ 4) == 0x2F, byte(start &+ 6) == 0x2E, byte(start &+ 5) &- 0x30 < 10, byte(start &+ 7) &- 0x30 < 10
        else { return .malformedRequestLine }
        guard byte(start &+ 5) == 0x31 else { return .unsupportedVersion }
        head.minorVersion = byte(start &+ 7) == 0x30 ? 0 : 1
        return nil
    }

    private func parseTarget(from start: Int, to end: Int, into head: inout RequestHead) -> WireProblem? {
        switch byte(start) {
        case 0x2F: return splitTarget(from: start, to: end, into: &head)
        case 0x2A where end == start &+ 1 && isOptions(head): return splitTarget(from: start, to: end, into: &head)
        default: return parseAbsolute(from: start, to: end, into: &head)
        }
    }

    private func isOptions(_ head: RequestHead) -> Bool { head.bytes(head.method).elementsEqual("OPTIONS".utf8) }

    private func splitTarget(from start: Int, to end: Int, into head: inout RequestHead) -> WireProblem? {
        let bytes = UnsafeRawBufferPointer(start: base + start, count: end &- start)
        let question = ByteScanning.first(0x3F, in: bytes).map { start &+ $0 } ?? end
        head.target = ByteSpan(start: start, count: end &- start)
        head.path = ByteSpan(start: start, count: question &- start)
        head.query = question < end ? ByteSpan(start: question &+ 1, count: end &- question &- 1) : .empty
        guard let percent = ByteScanning.first(0x25, in: bytes) else { return nil }
        return Self.hasWholeEscapes(bytes, from: percent) ? nil : .malformedEscape
    }

    /// Whether two hexadecimal digits follow each `%`, the first of which is at `percent`.
    private static func hasWholeEscapes(_ target: UnsafeRawBufferPointer, from percent: Int) -> Bool {
        var next: Int? = percent
        while let index = next {
            guard index &+ 2 < target.count, Bytes.hexadecimalValue(target[index &+ 1]) != nil,
                Bytes.hexadecimalValue(target[index &+ 2]) != nil
            else { return false }
            next = ByteScanning.first(0x25, in: target, from: index &+ 3)
        }
        return true
    }

    /// `http://authority/path?query`; its authority replaces `Host` (RFC 9112 §3.2.2).
    private func parseAbsolute(from start: Int, to end: Int, into head: inout RequestHead) -> WireProblem? {
        var authority = start
        while authority < end, byte(authority) != ByteScanning.colon { authority &+= 1 }
        guard isWebScheme(from: start, to: authority), authority &+ 3 < end, byte(authority &+ 1) == 0x2F,
            byte(authority &+ 2) == 0x2F
        else { return .malformedTarget }
        authority &+= 3
        var path = authority
        while path < end, ByteScanning.isAuthority(byte(path)) { path &+= 1 }
        guard path > authority else { return .malformedTarget }
        head.host = ByteSpan(start: authority, count: path &- authority)
        // Without a path the target is `/`; the slash before the authority serves as its byte.
        if path == end { return splitTarget(from: authority &- 1, to: authority, into: &head) }
        return byte(path) == 0x2F ? splitTarget(from: path, to: end, into: &head) : .malformedTarget
    }

    private func isWebScheme(from start: Int, to end: Int) -> Bool {
        switch end &- start {
        case 4: ByteScanning.equals(base + start, "http")
        case 5: ByteScanning.equals(base + start, "https")
        default: false
        }
    }
}
