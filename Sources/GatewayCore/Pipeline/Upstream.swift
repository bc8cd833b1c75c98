/// One upstream address with everything precomputed that the wire layer needs.
public final class Upstream: Sendable {
    // What every request reads comes first.

    /// Number of the connection pool: equal for equal scheme, host and port (and tenant, over TLS), stable while the process runs.
    public let pool: Int
    public let isTLS: Bool
    /// Whether requests are sent with HTTP/2: by prior knowledge, over TLS by agreement in the handshake.
    public let isHTTP2: Bool
    /// Whether ``host`` is the name of a service whose servers are found by its SRV records (RFC 2782).
    public let isService: Bool
    /// Whether ``proxy`` is asked to connect (RFC 9110 §9.3.6): to servers of TLS, and where it would not speak HTTP/2 or find the service.
    public let needsTunnel: Bool
    /// Whether plain HTTP/1.1 to one server, and no proxy, is all that it takes to reach the upstream.
    public let speaksPlainHTTP1: Bool
    public let timeoutMilliseconds: Int
    /// The target's prefix and the head's first lines, so that they lie together.
    private let requestTexts: [UInt8]
    private let targetPrefixCount: Int
    /// Parameters of the URL, which every request gets, without `?`; empty nearly always.
    let query: [UInt8]
    /// The URL without parameters, for events.
    public let url: [UInt8]
    public let host: String
    public let port: UInt16
    /// Value of the `Host` field, for instance `localhost:9000`.
    public let hostField: [UInt8]
    /// The URL's path without trailing slash, put in front of the suffix.
    public let pathPrefix: [UInt8]
    /// Where to connect to instead; `nil`: to the upstream itself.
    public let proxy: UpstreamProxy?

    /// Appends what stands in the request line before the suffix. A proxy that sees the request has to be told scheme and host
    /// (RFC 9112 §3.2.2).
    @inline(__always)
    func appendTargetPrefix(to output: OutputBuffer) {
        requestTexts.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0[..<targetPrefixCount])) }
    }

    /// Appends the lines that every request begins with: `Host`, and what the proxy wants to know.
    @inline(__always)
    func appendHeadLines(to output: OutputBuffer) {
        requestTexts.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0[targetPrefixCount...])) }
    }

    /// Bytes of both.
    var textCount: Int { requestTexts.count }

    /// Adds what every request reads.
    func add(to set: inout WorkingSet) {
        set.add(self, bytes: 64)
        set.add(requestTexts)
    }

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
        let isPlain = !isTLS && !isHTTP2 && !isService
        needsTunnel = proxy != nil && !isPlain
        speaksPlainHTTP1 = proxy == nil && isPlain
        let isSeen = proxy != nil && isPlain
        let targetPrefix = isSeen ? Array("http://".utf8) + hostField + pathPrefix : pathPrefix
        targetPrefixCount = targetPrefix.count
        requestTexts =
            targetPrefix + Array("Host: ".utf8) + hostField + Array("\r\n".utf8)
            + (isSeen ? proxy?.authorizationLine ?? [] : [])
    }
}
