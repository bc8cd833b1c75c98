/// The ids of a request within its trace.
final class CallTrace {
    let traceHigh: UInt64
    let traceLow: UInt64
    /// Span of the caller; 0 for none.
    let parent: UInt64
    let span: UInt64
    let upstreamSpan: UInt64
    let isSampled: Bool
    let isTLS: Bool

    init(
        _ context: TraceContext?, _ ids: inout SpanIDGenerator, isTLS: Bool, decide: (_ traceLow: UInt64) -> Bool
    ) {
        traceHigh = context?.traceHigh ?? ids.next()
        traceLow = context?.traceLow ?? ids.next()
        parent = context?.span ?? 0
        span = ids.next()
        upstreamSpan = ids.next()
        isSampled = decide(traceLow)
        self.isTLS = isTLS
    }

    /// The header line for the upstream: the span of the call to it is the parent of what happens there.
    var line: [UInt8] {
        var line = Array("traceparent: 00-".utf8)
        Self.append(traceHigh, to: &line)
        Self.append(traceLow, to: &line)
        line.append(0x2d)
        Self.append(upstreamSpan, to: &line)
        line += Array(isSampled ? "-01\r\n".utf8 : "-00\r\n".utf8)
        return line
    }

    private static func append(_ value: UInt64, to line: inout [UInt8]) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift) & 15)
            line.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
