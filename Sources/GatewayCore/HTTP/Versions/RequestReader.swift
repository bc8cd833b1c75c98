/// Takes the request that a ``ProxyConnection`` writes apart, for an upstream that does not speak HTTP/1.1.
package struct RequestReader {
    package enum Part: Equatable {
        /// The request's head is in ``head``.
        case head
        case body(BodyReader.Piece)
    }

    /// Valid as long as the bytes that it was read from.
    package private(set) var head: RequestHead
    /// Whether the request is complete.
    package private(set) var isDone = false
    /// Present after the head.
    package private(set) var body: BodyReader?
    private let fields = FieldTable()
    private let limits: WireLimits

    package init(limits: WireLimits) {
        var limits = limits
        // The gateway may have made the request longer than clients' may be.
        limits.headBytes = .max / 2
        limits.targetBytes = .max / 2
        limits.fieldCount = .max
        self.limits = limits
        head = RequestHead(base: UnsafeRawPointer(StaticString("").utf8Start), fields: fields)
    }

    /// The next part in `bytes` from `offset` on, which is moved behind it. The head is passed in one piece.
    package mutating func next(in bytes: UnsafeRawBufferPointer, from offset: inout Int) -> Part {
        if isDone { return .body(offset < bytes.count ? .broken : .end) }
        guard body != nil else { return readHead(UnsafeRawBufferPointer(rebasing: bytes[offset...]), &offset) }
        let piece = body?.next(in: bytes, from: &offset) ?? .broken
        if piece == .end { isDone = true }
        return .body(piece)
    }

    private mutating func readHead(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Part {
        if bytes.isEmpty { return .body(.needsMore) }
        var parser = HeadParser(limits: limits)
        guard parser.parse(bytes, into: &head) == .complete else { return .body(.broken) }
        offset += head.byteCount
        let reader =
            switch head.body {
            case .none: BodyReader(.none, limits: limits)
            case .length(let length): BodyReader(.length(length), limits: limits)
            case .chunked: BodyReader(.chunked, limits: limits)
            }
        body = reader
        isDone = reader.isAtEnd
        return .head
    }
}
