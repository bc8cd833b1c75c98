/// Parses request heads strictly by RFC 9110 and RFC 9112; what is ambiguous is refused, because two servers that read one request
/// differently are how requests get smuggled.
public struct HeadParser {
    public enum Outcome: Equatable {
        /// More bytes are needed; the next call passes these and the new ones.
        case incomplete
        /// The head is filled in; it ends at `head.byteCount`.
        case complete
        case refused(WireProblem)
    }

    private let limits: WireLimits
    private var finder = HeadEndFinder()

    public init(limits: WireLimits) { self.limits = limits }

    /// Forgets what was scanned: the next call starts a new head.
    public mutating func reset() { finder = HeadEndFinder() }

    /// Goes on with a head whose bytes so far are `bytes`, more than in the call before. Each byte is searched for line ends once,
    /// and parsed once when the head is complete.
    ///
    /// - Parameter found: run when the head's end is found, before it is parsed.
    @inline(__always)
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, into head: inout RequestHead, whenFound found: () -> Void = {}
    ) -> Outcome {
        guard let base = bytes.baseAddress else { return .incomplete }
        let visible = UnsafeRawBufferPointer(start: base, count: min(bytes.count, limits.headBytes + 2))
        switch finder.find(in: visible, skipsEmptyLine: true) {
        case .bareLineFeed: return .refused(.malformedField)
        case .incomplete: return refusalOfUnfinished(visible).map(Outcome.refused) ?? .incomplete
        case .found(let end):
            if end - finder.start > limits.headBytes { return .refused(.headTooLarge) }
            head.base = base
            head.byteCount = end
            found()
            return fill(&head, to: end).map(Outcome.refused) ?? .complete
        }
    }

    /// A head that cannot become valid any more: too long, or not even starting like a request (TLS on the plain port, say).
    private func refusalOfUnfinished(_ bytes: UnsafeRawBufferPointer) -> WireProblem? {
        let count = bytes.count - finder.start
        if count > 0, !ByteScanning.isToken(bytes[finder.start]), bytes[finder.start] != ByteScanning.carriageReturn {
            return .malformedRequestLine
        }
        if !finder.hasFirstLine, count > limits.targetBytes + 64 { return .targetTooLong }
        return count >= limits.headBytes ? .headTooLarge : nil
    }

    private func fill(_ head: inout RequestHead, to end: Int) -> WireProblem? {
        head.fields.removeAll()
        head.body = .none
        head.host = .empty
        head.expectsContinue = false
        var line = RequestLine(base: head.base, position: finder.start, headEnd: end)
        if let problem = line.parse(targetLimit: limits.targetBytes, into: &head) { return problem }
        switch FieldLines.parse(head.base, from: line.position, to: end - 2, limit: limits.fieldCount, into: head.fields) {
        case .malformed: return .malformedField
        case .tooMany: return .tooManyFields
        case .parsed: break
        }
        var meaning = RequestFieldMeaning()
        return meaning.read(&head)
    }
}
