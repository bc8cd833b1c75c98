/// An access token as it goes to the client.
public struct IssuedToken: Sendable, Hashable {
    public var accessToken: String
    /// Absent where the grant gives none.
    public var refreshToken: String?
    /// OpenID Connect id token, with scope `openid` of a user's grant.
    public var idToken: String?
    /// What was granted of what was asked for; `["default"]` when nothing was.
    public var scopes: [String]
    /// Seconds until expiry; ``neverExpires`` for tokens that do not expire.
    public var expiresIn: Int
    /// The `jti` claim of a JWT, the hash of an opaque token: what a revocation names.
    public var tokenID: String
    /// What an exchange gave, a URN of RFC 8693 §3; `nil` for other grants.
    public var issuedTokenType: String?

    /// `expires_in` of a token that does not expire.
    public static let neverExpires = 2_147_483_646

    public init(
        accessToken: String, refreshToken: String?, idToken: String?, scopes: [String], expiresIn: Int, tokenID: String
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.scopes = scopes
        self.expiresIn = expiresIn
        self.tokenID = tokenID
    }
}
