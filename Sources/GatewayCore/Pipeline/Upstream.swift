/// One upstream address with everything precomputed that the wire layer needs.
public final class Upstream: Sendable {
    /// Number of the connection pool: equal for equal scheme, host and port (and tenant, over TLS), stable while the process runs.
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
    /// Parameters of the URL, which every request gets, without `?`; empty nearly always.
    let query: [UInt8]
    /// The URL without parameters, for events.
    public let url: [UInt8]
    public let timeoutMilliseconds: Int
    /// Where to connect to instead; `nil`: to the upstream itself.
    public let proxy: UpstreamProxy?
    /// Whether ``proxy`` is asked to connect (RFC 9110 §9.3.6): to servers of TLS, and where it would not speak HTTP/2 or find the service.
    public let needsTunnel: Bool
    /// What stands in the request line before the suffix. A proxy that sees the request has to be told scheme and host (RFC 9112 §3.2.2).
    let targetPrefix: [UInt8]
    /// The lines that every request begins with: `Host`, and what the proxy wants to know.
    let headLines: [UInt8]

    /// Whether plain HTTP/1.1 to one server, and no proxy, is all that it takes to reach the upstream.
    public var speaksPlainHTTP1: Bool { !isTLS && !isHTTP2 && !isService && proxy == nil }

    /// Whether scheme, host and port are the same.
    func isSameServer(as other: Upstream) -> Bool {
        isTLS == other.isTLS && port == other.port && host == other.host && isService == other.isService
    }

    public init(
        pool: Int, host: String, port: UInt16, isTLS: Bool, isHTTP2: Bool = false, isService: Bool = false,
        hostField: [UInt8], pathPrefix: [UInt8], query: [UInt8] = [], url: [UInt8], timeoutMilliseconds: Int,
        proxy: UpstreamProxy? = nil
    ) {
        self.pool = pool
        self.host = host
        self.port = port
        self.isTLS = isTLS
        self.isHTTP2 = isHTTP2
        self.isService = isService
        self.hostField = hostField
        self.pathPrefix = pathPrefix
        self.query = query
        self.url = url
        self.timeoutMilliseconds = timeoutMilliseconds
        self.proxy = proxy
        needsTunnel = proxy != nil && (isTLS || isHTTP2 || isService)
        let isSeen = proxy != nil && !needsTunnel
        targetPrefix = isSeen ? Array("http://".utf8) + hostField + pathPrefix : pathPrefix
        headLines =
            Array("Host: ".utf8) + hostField + Array("\r\n".utf8) + (isSeen ? proxy?.authorizationLine ?? [] : [])
    }
}
