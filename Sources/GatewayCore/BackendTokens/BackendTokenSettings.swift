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
    public var dialect = "http://wso2.org/claims"
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
    /// How long a token is good, and how long it is used at most.
    public var lifetimeMilliseconds: Int64 = 900_000

    public init() {}
}
