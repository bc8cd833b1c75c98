extension ManagementServer {
    /// Addresses, limits and times of the management listeners.
    public struct Configuration: Sendable {
        public var host: String
        /// Port for TLS; 0 lets the system choose, `nil` is off.
        public var httpsPort: Int?
        /// Port without TLS; 0 lets the system choose, `nil` is off.
        public var httpPort: Int?
        public var certificate: CertificateSource?
        /// Time for a complete request head; also how long a connection may stay idle.
        public var headSeconds: Int
        /// Time for a complete request body.
        public var bodySeconds: Int
        /// Bytes of one header field, and of all together, that are read at most. The engine refuses fields that are too long but
        /// below this with an explanation; above it the connection ends with a bare 400.
        public var headerFieldLimit: Int
        public var headerListLimit: Int
        public var headerCountLimit: Int

        public init(
            host: String = "0.0.0.0", httpsPort: Int? = 9443, httpPort: Int? = nil, certificate: CertificateSource? = nil,
            headSeconds: Int = 60, bodySeconds: Int = 120, headerFieldLimit: Int = 64 << 10, headerListLimit: Int = 128 << 10,
            headerCountLimit: Int = 128
        ) {
            self.host = host
            self.httpsPort = httpsPort
            self.httpPort = httpPort
            self.certificate = certificate
            self.headSeconds = headSeconds
            self.bodySeconds = bodySeconds
            self.headerFieldLimit = headerFieldLimit
            self.headerListLimit = headerListLimit
            self.headerCountLimit = headerCountLimit
        }
    }

    /// A listener that accepts connections.
    public struct Listener: Sendable, Hashable {
        public var isSecure: Bool
        public var port: Int
    }

    /// Why a listener could not be opened, as one sentence.
    public struct BindFailure: Error, CustomStringConvertible, Sendable {
        public var description: String
    }
}
