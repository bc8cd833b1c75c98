/// Takes a message's body out of its HTTP/1.1 framing, for a peer that frames bodies in another way.
package struct BodyReader {
    package enum Piece: Equatable {
        /// Content lies there.
        case data(Range<Int>)
        /// All bytes are used up.
        case needsMore
        /// The body is complete; what follows is no part of it.
        case end
        /// The coding is broken.
        case broken
    }

    private var framing: BodyFramer.Framing
    private var chunks: ChunkedScanner
    private var trailerLines: [UInt8] = []

    package init(_ framing: BodyFramer.Framing, limits: WireLimits) {
        self.framing = framing
        chunks = ChunkedScanner(limits: limits)
    }

    /// Whether nothing is to come, as far as that can be told without looking at more bytes.
    package var isAtEnd: Bool { framing == .none || framing == .length(0) }

    /// The next piece in `bytes` from `offset` on, which is moved behind it.
    package mutating func next(in bytes: UnsafeRawBufferPointer, from offset: inout Int) -> Piece {
        switch framing {
        case .none, .length(0): return .end
        case .chunked:
            if let data = chunks.nextData(in: bytes, from: &offset, trailers: &trailerLines) { return .data(data) }
            switch chunks.state {
            case .done: return .end
            case .broken: return .broken
            default: return .needsMore
            }
        case .length, .untilClose:
            guard offset < bytes.count else { return .needsMore }
            let start = offset
            offset = bytes.count
            if case .length(let rest) = framing {
                offset = start + Int(min(rest, Int64(bytes.count - start)))
                framing = .length(rest - Int64(offset - start))
            }
            return .data(start..<offset)
        }
    }

    /// Calls `body` with name and value of each trailer field, once the body is complete. Fields that say something about the framing or
    /// the way of a message mean nothing there (RFC 9110 §6.5.1) and are left out.
    package func forEachTrailer(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        guard trailerLines.count > 2 else { return }
        trailerLines.withUnsafeBytes { bytes in
            let table = FieldTable()
            defer { withExtendedLifetime(table) {} }
            let fields = table.fields
            guard let base = bytes.baseAddress,
                FieldLines.parse(base, from: 0, to: bytes.count - 2, limit: .max, into: fields) == .parsed
            else { return }
            for field in fields where FieldRules.isAllowedInTrailers(field.known) {
                body(
                    UnsafeRawBufferPointer(start: base + Int(field.name.start), count: Int(field.name.count)),
                    UnsafeRawBufferPointer(start: base + Int(field.value.start), count: Int(field.value.count)))
            }
        }
    }
}

extension FieldRules {
    /// Whether a field of this kind may follow a body (RFC 9110 §6.5.1).
    package static func isAllowedInTrailers(_ known: KnownHeader) -> Bool {
        switch known {
        case .host, .authorization, .cookie, .expect, .trailer, .contentType, .apiKey, .internalKey: false
        default: !isHopByHop(known)
        }
    }
}
