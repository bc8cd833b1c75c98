/// What an API key says: the application that it stands for and from where it may be used.
public struct APIKeyClaims: Sendable, Hashable {
    /// `name@domain` of the user who made the key.
    public var subject: String
    /// The application's stable integer.
    public var applicationNumber: Int
    /// The application's UUID.
    public var applicationID: String
    public var keyType: KeyType
    /// Seconds until expiry; `nil` never expires.
    public var validitySeconds: Int?
    /// Comma-separated addresses and CIDR ranges; `nil` allows all.
    public var permittedIP: String?
    /// Comma-separated referrer patterns; `nil` allows all.
    public var permittedReferer: String?

    public init(
        subject: String, applicationNumber: Int, applicationID: String, keyType: KeyType, validitySeconds: Int? = nil,
        permittedIP: String? = nil, permittedReferer: String? = nil
    ) {
        self.subject = subject
        self.applicationNumber = applicationNumber
        self.applicationID = applicationID
        self.keyType = keyType
        self.validitySeconds = validitySeconds
        self.permittedIP = permittedIP
        self.permittedReferer = permittedReferer
    }
}

/// What an internal key says: the one API that a publisher may try with it.
public struct InternalKeyClaims: Sendable, Hashable {
    /// `name@domain` of the user who tries the API.
    public var subject: String
    public var keyType: KeyType
    public var apiName: String
    public var apiVersion: String
    /// Path prefix of the API with the version resolved.
    public var apiContext: String
    /// The API's publishing user.
    public var apiProvider: String
    public var validitySeconds: Int

    public init(
        subject: String, keyType: KeyType, apiName: String, apiVersion: String, apiContext: String, apiProvider: String,
        validitySeconds: Int = 60_000
    ) {
        self.subject = subject
        self.keyType = keyType
        self.apiName = apiName
        self.apiVersion = apiVersion
        self.apiContext = apiContext
        self.apiProvider = apiProvider
        self.validitySeconds = validitySeconds
    }
}

/// A key as signed, with what its owner needs to revoke it.
public struct SignedKey: Sendable, Hashable {
    /// The compact JWT.
    public var token: String
    /// The `jti` claim.
    public var tokenID: String
    /// When the key expires by itself, milliseconds since 1970; `nil` never.
    public var expiresMilliseconds: Int64?

    public init(token: String, tokenID: String, expiresMilliseconds: Int64?) {
        self.token = token
        self.tokenID = tokenID
        self.expiresMilliseconds = expiresMilliseconds
    }
}
