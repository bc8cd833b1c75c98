/// Ends all tokens of a client or of a user that were issued up to a moment, without naming them one by one; or what gateways remember of
/// a user's password.
public struct GatewayRevocationRule: Sendable, Hashable, Codable {
    /// Whose tokens a rule ends.
    public enum Subject: String, Sendable, Codable {
        /// The tokens of a client id.
        case consumerKey
        /// The tokens whose `sub` claim is the user's id.
        case user
        /// The checks of the user's password that gateways remember.
        case signIn
    }

    public var tenant: Int
    public var subject: Subject
    /// The client id, or the value of `sub`.
    public var identifier: String
    /// Tokens with an `iat` up to this moment are refused, and those without one; milliseconds since 1970.
    public var revokedMilliseconds: Int64
    /// When the last such token has expired by itself and the rule may be forgotten; milliseconds since 1970.
    public var expiresMilliseconds: Int64

    public init(
        tenant: Int, subject: Subject, identifier: String, revokedMilliseconds: Int64, expiresMilliseconds: Int64
    ) {
        self.tenant = tenant
        self.subject = subject
        self.identifier = identifier
        self.revokedMilliseconds = revokedMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
    }
}
