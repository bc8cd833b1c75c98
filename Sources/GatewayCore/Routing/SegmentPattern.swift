/// A path segment of literal parts and variables in turn, such as `{id}.json` or `v{major}-{minor}`.
struct SegmentPattern: Sendable, Hashable {
    /// Literal parts as ranges of the trie's text: before the first variable, between, and after the last; may be empty.
    var literals: [Range<Int32>]

    /// Whether the segment fits: each variable takes at least one byte and as few as possible.
    func matches(_ segment: UnsafeRawBufferPointer, text: [UInt8]) -> Bool {
        text.withUnsafeBytes { text in
            let parts = literals.map { UnsafeRawBufferPointer(rebasing: text[Int($0.lowerBound)..<Int($0.upperBound)]) }
            guard let first = parts.first, let last = parts.last, !Self.hasReserved(segment) else { return false }
            var position = first.count
            let end = segment.count - last.count
            guard position < end, Bytes.equal(Self.slice(segment, 0, first.count), first),
                Bytes.equal(Self.slice(segment, end, last.count), last)
            else { return false }
            for part in parts.dropFirst().dropLast() {
                guard let next = Self.find(part, in: segment, from: position + 1, to: end - 1) else { return false }
                position = next + part.count
            }
            return position < end
        }
    }

    private static func find(
        _ part: UnsafeRawBufferPointer, in segment: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) -> Int? {
        guard start <= end - part.count else { return nil }
        return (start...(end - part.count)).first { Bytes.equal(slice(segment, $0, part.count), part) }
    }

    private static func slice(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
    }

    /// Whether a segment holds characters that only `{+name}` takes.
    static func hasReserved(_ segment: UnsafeRawBufferPointer) -> Bool {
        for byte in segment where byte == 0x3a || byte == 0x2c { return true }
        return false
    }
}
