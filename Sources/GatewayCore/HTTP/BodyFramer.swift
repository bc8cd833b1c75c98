/// Knows where a message's body ends, on either side, while its bytes pass through unchanged.
package struct BodyFramer {
    package enum Framing: Equatable {
        case none
        /// Bytes that are still to come.
        case length(Int64)
        case chunked
        /// An answer that ends with its connection (RFC 9112 §6.3).
        case untilClose
    }

    private(set) var framing: Framing
    private var chunks: ChunkedScanner
    /// Bytes of content so far, without chunk framing.
    private(set) var contentBytes: Int64 = 0

    /// - Parameter isRequest: whether it is the body of a request, which is watched more closely.
    init(_ framing: Framing, limits: WireLimits, isRequest: Bool = false) {
        self.framing = framing == .length(0) ? .none : framing
        chunks = ChunkedScanner(limits: limits, isRequest: isRequest)
    }

    var isFinished: Bool {
        switch framing {
        case .none: true
        case .length(let rest): rest == 0
        case .chunked: chunks.state == .done
        case .untilClose: false
        }
    }

    /// Whether a chunked body broke its coding.
    var isBroken: Bool { framing == .chunked && chunks.state == .broken }

    /// Bytes that are known to be missing; nil when only the coding or the connection's end tells.
    var remaining: Int64? {
        switch framing {
        case .none: 0
        case .length(let rest): rest
        case .chunked, .untilClose: nil
        }
    }

    /// Notes that bytes of the body went by. Only for a body whose length is known.
    mutating func skip(_ count: Int64) {
        guard case .length(let rest) = framing else { return }
        framing = .length(max(0, rest - count))
        contentBytes += min(rest, count)
    }

    /// Takes what belongs to the body and answers how many bytes that is. `onData` gets the content without the coding.
    mutating func take(_ bytes: UnsafeRawBufferPointer, onData: ((UnsafeRawBufferPointer) -> Void)? = nil) -> Int {
        switch framing {
        case .none: return 0
        case .length(let rest):
            let taken = min(rest, Int64(bytes.count))
            framing = .length(rest - taken)
            contentBytes += taken
            onData?(UnsafeRawBufferPointer(rebasing: bytes[..<Int(taken)]))
            return Int(taken)
        case .chunked:
            let taken = chunks.scan(bytes, onData: onData)
            contentBytes = chunks.dataBytes
            return taken
        case .untilClose:
            contentBytes += Int64(bytes.count)
            onData?(bytes)
            return bytes.count
        }
    }
}
