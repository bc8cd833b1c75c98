/// Parses the heads of answers, as strictly as those of requests: an upstream that can be read in two ways is a fault (101506).
struct ResponseHeadParser {
    enum Outcome: Equatable { case incomplete, complete, malformed }

    private let limits: WireLimits
    private var finder = HeadEndFinder()

    init(limits: WireLimits) { self.limits = limits }

    mutating func reset() { finder = HeadEndFinder() }

    /// Goes on with a head whose bytes so far are `bytes`, more than in the call before.
    mutating func parse(_ bytes: UnsafeRawBufferPointer, into head: inout ResponseHead) -> Outcome {
        guard let base = bytes.baseAddress else { return .incomplete }
        let visible = UnsafeRawBufferPointer(start: base, count: min(bytes.count, limits.responseHeadBytes))
        switch finder.find(in: visible, skipsEmptyLine: false) {
        case .bareLineFeed: return .malformed
        case .incomplete: return bytes.count >= limits.responseHeadBytes || !startsLikeHTTP(bytes) ? .malformed : .incomplete
        case .found(let end):
            head.base = base
            head.byteCount = end
            return fill(&head, to: end) ? .complete : .malformed
        }
    }

    /// Garbage is told from a slow head at its first byte, not by waiting for more.
    private func startsLikeHTTP(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.isEmpty || bytes[0] == 0x48 }

    private func fill(_ head: inout ResponseHead, to end: Int) -> Bool {
        head.fields.removeAll()
        head.contentLength = -1
        head.isChunked = false
        head.hasDate = false
        guard let start = statusLine(&head),
            FieldLines.parse(head.base, from: start, to: end - 2, limit: limits.fieldCount, into: head.fields) == .parsed
        else { return false }
        head.keepsAlive = head.minorVersion > 0
        for index in 0..<head.fields.count where head.fields[index].known != .other {
            guard read(head.fields[index], &head) else { return false }
        }
        return !(head.isChunked && (head.contentLength >= 0 || head.minorVersion == 0))
    }

    /// `HTTP/1.x SP 3DIGIT [SP reason] CRLF`; answers the offset of the next line.
    private func statusLine(_ head: inout ResponseHead) -> Int? {
        let base = head.base
        func byte(_ index: Int) -> UInt8 { base.load(fromByteOffset: index, as: UInt8.self) }
        guard head.byteCount >= 16, base.loadUnaligned(as: UInt32.self) == UInt32(bigEndian: 0x4854_5450), byte(4) == 0x2F,
            byte(5) == 0x31, byte(6) == 0x2E, byte(7) &- 0x30 < 10, byte(8) == ByteScanning.space,
            byte(9) &- 0x31 < 5, byte(10) &- 0x30 < 10, byte(11) &- 0x30 < 10
        else { return nil }
        head.minorVersion = byte(7) == 0x30 ? 0 : 1
        head.status = Int32(byte(9) &- 0x30) * 100 + Int32(byte(10) &- 0x30) * 10 + Int32(byte(11) &- 0x30)
        var end = ByteScanning.controlCharacter(base, from: 12, to: head.byteCount)
        while byte(end) == ByteScanning.tab { end = ByteScanning.controlCharacter(base, from: end + 1, to: head.byteCount) }
        guard end + 1 < head.byteCount, byte(end) == ByteScanning.carriageReturn, byte(end + 1) == ByteScanning.lineFeed,
            end == 12 || byte(12) == ByteScanning.space
        else { return nil }
        head.reason = end > 13 ? ByteSpan(start: 13, count: end - 13) : .empty
        return end + 2
    }

    private func read(_ field: HeaderField, _ head: inout ResponseHead) -> Bool {
        switch field.known {
        case .contentLength:
            guard head.contentLength < 0, let length = ContentLength.parse(head.bytes(field.value)) else { return false }
            head.contentLength = length
        case .transferEncoding:
            let value = head.bytes(field.value)
            guard !head.isChunked, value.count == 7, let start = value.baseAddress, ByteScanning.equals(start, "chunked") else {
                return false
            }
            head.isChunked = true
        case .connection:
            ByteScanning.forEachElement(of: head.bytes(field.value)) { element in
                guard let start = element.baseAddress else { return true }
                if element.count == 5, ByteScanning.equals(start, "close") { head.keepsAlive = false }
                if element.count == 10, ByteScanning.equals(start, "keep-alive") { head.keepsAlive = true }
                return true
            }
        case .date: head.hasDate = true
        default: break
        }
        return true
    }
}
