/// A call of an API as tracing systems learn it: the gateway's own span and, where it called an upstream, that span.
public struct TracedCall: Sendable {
    public var traceHigh: UInt64
    public var traceLow: UInt64
    /// Span of the caller; 0 for none.
    public var parent: UInt64
    public var span: UInt64
    /// Span of the call to the upstream.
    public var upstreamSpan: UInt64

    /// Nanoseconds since 1970.
    public var start: UInt64
    public var end: UInt64
    /// 0 where no upstream was called.
    public var upstreamStart: UInt64
    public var upstreamEnd: UInt64

    public var method: String
    public var path: String
    /// Context and template of the operation; `nil` where none was found.
    public var route: String?
    public var isTLS: Bool
    public var host: String
    public var minorVersion: UInt8
    public var userAgent: String
    public var clientAddress: String
    public var requestID: String
    /// 0 where the client left without an answer.
    public var status: Int32
    /// The code of a refusal or failure, and how events name it; 0 for none.
    public var errorCode: Int32
    public var errorType: String

    public var apiName: String?
    public var apiVersion: String?
    public var tenantDomain: String?
    public var applicationID: String?
    public var consumerKey: String?

    public var upstreamURL: String
    public var upstreamHost: String
    public var upstreamPort: UInt16
    /// -1 for none.
    public var upstreamStatus: Int32
    public var attempts: Int32
}
