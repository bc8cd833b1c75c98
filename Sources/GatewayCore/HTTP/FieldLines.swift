/// Splits the field lines of a head (RFC 9112 §5), for requests and answers alike.
enum FieldLines {
    enum Outcome: Equatable { case parsed, malformed, tooMany }

    /// Appends the fields between `start` and `end`, which is the offset of the empty line.
    static func parse(
        _ base: UnsafeRawPointer, from start: Int, to end: Int, limit: Int, into fields: HeaderFields
    ) -> Outcome {
        var index = start
        while index < end {
            guard fields.count < limit else { return .tooMany }
            let nameStart = index
            index = ByteScanning.tokenEnd(base, from: index, to: end)
            let nameCount = index &- nameStart
            guard nameCount > 0, base.load(fromByteOffset: index, as: UInt8.self) == ByteScanning.colon,
                let line = value(base, from: index &+ 1, to: end)
            else { return .malformed }
            fields.append(
                HeaderField(
                    name: ByteSpan(start: nameStart, count: nameCount), value: line.value,
                    known: KnownHeader.recognise(base + nameStart, count: nameCount)))
            index = line.next
        }
        return .parsed
    }

    /// The value that starts at `start`, without surrounding white space, and the offset of the next line. Every line up to `end`
    /// is known to end in CR LF.
    @inline(__always)
    private static func value(
        _ base: UnsafeRawPointer, from start: Int, to end: Int
    ) -> (value: ByteSpan, next: Int)? {
        var low = start
        while isBlank(base.load(fromByteOffset: low, as: UInt8.self)) { low &+= 1 }
        var high = ByteScanning.controlCharacter(base, from: low, to: end)
        while high < end, base.load(fromByteOffset: high, as: UInt8.self) == ByteScanning.tab {
            high = ByteScanning.controlCharacter(base, from: high &+ 1, to: end)
        }
        guard high &+ 1 < end, base.load(fromByteOffset: high, as: UInt8.self) == ByteScanning.carriageReturn,
            base.load(fromByteOffset: high &+ 1, as: UInt8.self) == ByteScanning.lineFeed
        else { return nil }
        let next = high &+ 2
        while high > low, isBlank(base.load(fromByteOffset: high &- 1, as: UInt8.self)) { high &-= 1 }
        return (ByteSpan(start: low, count: high &- low), next)
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == ByteScanning.space || byte == ByteScanning.tab }
}
