import Model

/// What backends are told about callers, and how (`docs/backend-tokens.md`).
public struct BackendTokenSettings: Sendable {
    public enum Encoding: String, Sendable {
        /// The alphabet with `+` and `/`, padded: what older backends expect.
        case base64
        /// RFC 7515.
        case base64url
    }

    /// The field that carries the token.
    public var header = "X-JWT-Assertion"
    public var encoding = Encoding.base64
    /// What stands before the names of the gateway's own claims.
    public var dialect = UserClaims.dialect
    /// Whether tokens are signed; unsigned ones have an empty signature.
    public var isSigned = true
    /// Whether the header names the key by `kid`.
    public var namesKey = true
    /// Whether the certificate's thumbprint is made with SHA-256; else with SHA-1.
    public var usesSHA256 = false
    /// Claims of access tokens that are not passed on.
    public var excludedClaims: Set<String> = []
    /// Whether an application without attributes has an empty member for them.
    public var showsEmptyAttributes = false
    /// What of the user store is told of users; `nil` for nothing.
    public var userClaims: UserClaimSettings?
    /// How long a token is good, and how long it is used at most.
    public var lifetimeMilliseconds: Int64 = 900_000

    public init() {}
}

/// How backends are told what the user store knows of a user.
public struct UserClaimSettings: Sendable {
    /// Whether the claims have names of the tokens' dialect instead of the local one.
    public var convertsDialect = false
    /// How long what the user store said is used; 0 asks for each token that is made.
    public var cacheMilliseconds: Int64 = 900_000

    public init() {}
}
