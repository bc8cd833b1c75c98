/// Where a request stands in a distributed trace, as `traceparent` tells it (W3C Trace Context, level 1).
struct TraceContext: Equatable {
    var traceHigh: UInt64
    var traceLow: UInt64
    /// The caller's span.
    var span: UInt64
    var isSampled: Bool

    /// Reads `00-` 32 digits `-` 16 digits `-` 2 digits. Later versions may have more behind that (§2.2.2). `nil` for anything else, which
    /// then counts as absent.
    init?(_ text: UnsafeRawBufferPointer) {
        guard text.count >= 55, text[2] == 0x2d, text[35] == 0x2d, text[52] == 0x2d,
            let version = Self.number(text[0..<2]), version != 0xff, text.count == 55 || version > 0 && text[55] == 0x2d,
            let high = Self.number(text[3..<19]), let low = Self.number(text[19..<35]), high | low != 0,
            let span = Self.number(text[36..<52]), span != 0, let flags = Self.number(text[53..<55])
        else { return nil }
        traceHigh = high
        traceLow = low
        self.span = span
        isSampled = flags & 1 == 1
    }

    /// Lower-case digits only, as the specification wants them.
    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
