/// One upstream address with everything precomputed that the wire layer needs.
public final class Upstream: Sendable {
    /// Number of the connection pool: equal for equal scheme, host and port, stable while the process runs.
    public let pool: Int
    public let host: String
    public let port: UInt16
    public let isTLS: Bool
    /// Whether requests are sent with HTTP/2: by prior knowledge, over TLS by agreement in the handshake.
    public let isHTTP2: Bool
    /// Whether ``host`` is the name of a service whose servers are found by its SRV records (RFC 2782).
    public let isService: Bool
    /// Value of the `Host` field, for instance `localhost:9000`.
    public let hostField: [UInt8]
    /// The URL's path without trailing slash, put in front of the suffix.
    public let pathPrefix: [UInt8]
    /// The whole URL, for events.
    public let url: [UInt8]
    public let timeoutMilliseconds: Int

    /// Whether plain HTTP/1.1 is all that it takes to reach the upstream.
    public var speaksPlainHTTP1: Bool { !isTLS && !isHTTP2 && !isService }

    public init(
        pool: Int, host: String, port: UInt16, isTLS: Bool, isHTTP2: Bool = false, isService: Bool = false,
        hostField: [UInt8], pathPrefix: [UInt8],
        url: [UInt8], timeoutMilliseconds: Int
    ) {
        self.pool = pool
        self.host = host
        self.port = port
        self.isTLS = isTLS
        self.isHTTP2 = isHTTP2
        self.isService = isService
        self.hostField = hostField
        self.pathPrefix = pathPrefix
        self.url = url
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
