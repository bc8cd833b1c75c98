/// Takes the answers that a ``ProxyConnection`` writes apart, for a client that does not speak HTTP/1.1.
package struct ResponseReader {
    package enum Part: Equatable {
        /// The head of an interim answer (1xx) is in ``head``.
        case interim
        /// The head of the answer is in ``head``.
        case final
        case body(BodyReader.Piece)
    }

    /// The last head read; its spans are valid as long as the bytes that it was read from.
    package private(set) var head: ResponseHead
    /// Whether the answer is complete.
    package private(set) var isDone = false
    /// Present after the final head.
    package private(set) var body: BodyReader?
    private let fields = FieldTable()
    private let limits: WireLimits
    private let isHeadRequest: Bool

    /// - Parameter isHeadRequest: whether the request was `HEAD`, whose answer has no body.
    package init(isHeadRequest: Bool, limits: WireLimits) {
        self.isHeadRequest = isHeadRequest
        self.limits = limits
        head = ResponseHead(base: Self.nowhere, fields: fields)
    }

    private static var nowhere: UnsafeRawPointer { UnsafeRawPointer(StaticString("").utf8Start) }

    /// Whether the answer ends when its connection does, and so can be complete at any time.
    package var endsWithConnection: Bool { body != nil && head.framing(isHeadRequest: isHeadRequest) == .untilClose }

    /// The next part in `bytes` from `offset` on, which is moved behind it. Heads are passed in one piece.
    package mutating func next(in bytes: UnsafeRawBufferPointer, from offset: inout Int) -> Part {
        if isDone { return .body(offset < bytes.count ? .broken : .end) }
        guard body != nil else { return readHead(UnsafeRawBufferPointer(rebasing: bytes[offset...]), &offset) }
        let piece = body?.next(in: bytes, from: &offset) ?? .broken
        if piece == .end { isDone = true }
        return .body(piece)
    }

    private mutating func readHead(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Part {
        if bytes.isEmpty { return .body(.needsMore) }
        var limits = limits
        limits.responseHeadBytes = .max
        limits.fieldCount = .max
        var parser = ResponseHeadParser(limits: limits)
        guard parser.parse(bytes, into: &head) == .complete else { return .body(.broken) }
        offset += head.byteCount
        if head.isInterim { return .interim }
        let reader = BodyReader(head.framing(isHeadRequest: isHeadRequest), limits: limits)
        body = reader
        isDone = reader.isAtEnd
        return .final
    }
}
