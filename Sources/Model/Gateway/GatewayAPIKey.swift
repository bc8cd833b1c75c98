/// An opaque API key as gateways know it: by its hash alone.
public struct GatewayAPIKey: Sendable, Hashable, Codable {
    public var tenant: Int
    /// UUID.
    public var id: String
    /// HMAC-SHA256 of the key under the secret of ``GatewayAPIKeyHashing``, in hexadecimal.
    public var hash: String
    /// UUID of the one API that the key opens; `nil` for all that its application is subscribed to.
    public var apiID: String?
    /// UUID of the application that it stands for; `nil` for none yet.
    public var applicationID: String?
    public var keyType: KeyType
    /// `name@domain` of the user who made it.
    public var user: String
    /// Milliseconds since 1970; `nil` never expires.
    public var expiresMilliseconds: Int64?
    /// Addresses and networks with commas between; `nil` allows all.
    public var permittedIP: String?
    /// Patterns of pages with commas between; `nil` allows all.
    public var permittedReferer: String?

    public init(
        tenant: Int, id: String, hash: String, apiID: String?, applicationID: String?, keyType: KeyType, user: String,
        expiresMilliseconds: Int64?, permittedIP: String?, permittedReferer: String?
    ) {
        self.tenant = tenant
        self.id = id
        self.hash = hash
        self.apiID = apiID
        self.applicationID = applicationID
        self.keyType = keyType
        self.user = user
        self.expiresMilliseconds = expiresMilliseconds
        self.permittedIP = permittedIP
        self.permittedReferer = permittedReferer
    }
}

/// The secret under which opaque API keys are hashed, the same for all gateways of an installation.
public struct GatewayAPIKeyHashing: Sendable, Hashable, Codable {
    public var secret: GatewaySecret

    public init(secret: GatewaySecret) { self.secret = secret }

    /// The one key of this entity.
    public static let key = "api-keys"
}
