/// A range of bytes in the buffer that a head was parsed from.
public struct ByteSpan: Equatable, Sendable {
    public var start: Int32
    public var count: Int32

    public init(start: Int, count: Int) {
        self.start = Int32(truncatingIfNeeded: start)
        self.count = Int32(truncatingIfNeeded: count)
    }

    public static let empty = ByteSpan(start: 0, count: 0)
    public var end: Int32 { start + count }
    public var isEmpty: Bool { count == 0 }
}

/// A header field as two spans, with the field's number if the gateway treats it specially.
public struct HeaderField {
    public var name: ByteSpan
    public var value: ByteSpan
    public var known: KnownHeader
}

/// Header fields that the gateway reads, removes or rewrites; recognised once by the parser, without regard to case.
public enum KnownHeader: UInt8, Sendable {
    case other, host, contentLength, transferEncoding, connection, expect, upgrade, keepAlive, proxyConnection, te, trailer
    case authorization, cookie, origin, accessControlRequestMethod, xForwardedFor, userAgent, referer
    case contentType, accept, activityID, apiKey, internalKey, trace, date, server, location
    /// Taken out of a draft; never the outcome of recognition.
    case removed
}

/// The head of one request as spans into the connection's buffer. Reused from request to request; the spans, the fields and `base` are
/// valid only while the wire layer keeps that buffer and its table of fields still, that is during the call that passes the head.
public struct RequestHead {
    public enum BodyFraming: Equatable { case none, length(Int64), chunked }

    public var base: UnsafeRawPointer
    public var method: ByteSpan = .empty
    /// The request target in origin form, with query. For an absolute form only its path and query.
    public var target: ByteSpan = .empty
    /// The target up to `?`.
    public var path: ByteSpan = .empty
    /// After `?`; empty when there is none.
    public var query: ByteSpan = .empty
    /// Value of `Host` (or the authority of an absolute target), with port.
    public var host: ByteSpan = .empty
    /// HTTP/1.x minor version.
    public var minorVersion: UInt8 = 1
    public var keepsAlive = true
    public var body: BodyFraming = .none
    /// Whether the client waits for `100 Continue` before it sends the body.
    public var expectsContinue = false
    /// All fields in order of arrival.
    public package(set) var fields: HeaderFields
    /// Bytes of the head including the empty line.
    public var byteCount = 0

    /// - Parameter fields: where the parser puts the fields.
    public init(base: UnsafeRawPointer, fields: FieldTable) {
        self.base = base
        self.fields = fields.fields
    }

    /// The bytes of a span.
    public func bytes(_ span: ByteSpan) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Int(span.start), count: Int(span.count))
    }
}
