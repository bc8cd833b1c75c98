/// The head of an upstream's answer as spans into the buffer that it was parsed from.
package struct ResponseHead {
    package var base: UnsafeRawPointer
    package internal(set) var status: Int32 = 0
    var minorVersion: UInt8 = 1
    var reason = ByteSpan.empty
    package var fields: HeaderFields
    /// Value of `Content-Length`, also where no body follows (`HEAD`, 304); -1 for none.
    var contentLength: Int64 = -1
    var isChunked = false
    /// Whether the answer says when it was made. An intermediary adds that where it is missing (RFC 9110 §6.6.1).
    var hasDate = false
    /// Whether the upstream keeps its connection.
    var keepsAlive = true
    package var byteCount = 0

    init(base: UnsafeRawPointer, fields: FieldTable) {
        self.base = base
        self.fields = fields.fields
    }

    /// The bytes of a span.
    package func bytes(_ span: ByteSpan) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Int(span.start), count: Int(span.count))
    }

    /// The usual text behind a status.
    package static func reason(of status: Int32) -> StaticString { AnswerWriter.reason(of: status) }

    /// Whether another head follows.
    package var isInterim: Bool { status < 200 }

    /// Whether a 204, which has no body, tells of one (RFC 9110 §8.6). Servers that do that may send it, and then it would be taken for the
    /// next answer.
    var announcesForbiddenBody: Bool { status == 204 && (contentLength > 0 || isChunked) }

    /// How the body is framed (RFC 9112 §6.3) in answer to a request that was or was not `HEAD`.
    package func framing(isHeadRequest: Bool) -> BodyFramer.Framing {
        if isHeadRequest || isInterim || status == 204 || status == 304 { return .none }
        if isChunked { return .chunked }
        return contentLength >= 0 ? .length(contentLength) : .untilClose
    }
}
