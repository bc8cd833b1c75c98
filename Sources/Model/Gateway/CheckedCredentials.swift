/// A valid token, as its key manager describes it (RFC 7662 §2.2).
public struct IntrospectedToken: Sendable, Hashable, Codable {
    /// What a revocation calls the token.
    public var tokenID: String
    public var consumerKey: String
    /// `sub`, else the user's name.
    public var subject: String
    /// For logs and quotas.
    public var userName: String
    public var scopes: [String]
    public var audiences: [String]
    /// Whether a user granted the token, rather than the client for itself; `nil` if that is not known.
    public var isOfUser: Bool?
    /// Milliseconds since 1970; 0 if unknown.
    public var issuedMilliseconds: Int64
    /// Milliseconds since 1970; `nil` if it does not say.
    public var expiresMilliseconds: Int64?
    /// The `x5t#S256` of the certificate to which the token is bound; `nil` for none.
    public var certificateThumbprint: String?
    /// All claims as a JSON object.
    public var claims: String

    public init(
        tokenID: String, consumerKey: String, subject: String, userName: String, scopes: [String], audiences: [String] = [],
        isOfUser: Bool? = nil, issuedMilliseconds: Int64 = 0, expiresMilliseconds: Int64? = nil,
        certificateThumbprint: String? = nil, claims: String = "{}"
    ) {
        self.tokenID = tokenID
        self.consumerKey = consumerKey
        self.subject = subject
        self.userName = userName
        self.scopes = scopes
        self.audiences = audiences
        self.isOfUser = isOfUser
        self.issuedMilliseconds = issuedMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
        self.certificateThumbprint = certificateThumbprint
        self.claims = claims
    }
}

/// A user whose password was right.
public struct AuthenticatedUser: Sendable, Hashable, Codable {
    /// `name@domain`.
    public var name: String
    public var id: String
    /// The user's tenant.
    public var tenant: Int
    /// Scopes of the tenant's APIs that the user's roles allow.
    public var scopes: [String]

    public init(name: String, id: String, tenant: Int, scopes: [String]) {
        self.name = name
        self.id = id
        self.tenant = tenant
        self.scopes = scopes
    }
}
