/// Limits and rules of the management API that an administrator may change.
public struct EngineConfiguration: Sendable {
    /// Largest JSON or form body in bytes.
    public var documentLimit: Int
    /// Largest multipart or binary body in bytes.
    public var uploadLimit: Int
    /// Largest value of one header field in bytes.
    public var headerFieldLimit: Int
    /// Largest number of parts of a multipart body.
    public var partLimit: Int
    /// Answers at least this long are compressed for clients that accept gzip.
    public var compressionThreshold: Int
    /// Origins whose pages may call (`https://host:port`); `*` allows any without credentials.
    public var allowedOrigins: Set<String>

    public init(
        documentLimit: Int = 10 << 20, uploadLimit: Int = 64 << 20, headerFieldLimit: Int = 16 << 10, partLimit: Int = 64,
        compressionThreshold: Int = 4096, allowedOrigins: Set<String> = []
    ) {
        self.documentLimit = documentLimit
        self.uploadLimit = uploadLimit
        self.headerFieldLimit = headerFieldLimit
        self.partLimit = partLimit
        self.compressionThreshold = compressionThreshold
        self.allowedOrigins = allowedOrigins
    }
}
