/// A program that may ask for tokens: what a client id stands for.
public struct OAuthClient: Sendable, Hashable {
    /// Client id, also called consumer key.
    public var consumerKey: String
    /// The tenant whose key signs the client's tokens.
    public var tenant: Tenant
    /// Unique within the tenant.
    public var name: String
    /// UUID of the owning user; the `sub` of tokens that the client gets for itself.
    public var ownerID: String
    /// Name of the owning user without tenant.
    public var ownerName: String
    /// Wire values such as `client_credentials`.
    public var grantTypes: [String]
    /// One URL, or several as `regexp=(a|b)`; empty when the client has none.
    public var callback: String
    public var tokenType: AccessTokenType
    /// Whether users of every tenant may sign in through the client.
    public var servesAllTenants: Bool
    public var attributes: OAuthClientAttributes

    public init(
        consumerKey: String, tenant: Tenant, name: String, ownerID: String, ownerName: String, grantTypes: [String],
        callback: String, tokenType: AccessTokenType, servesAllTenants: Bool, attributes: OAuthClientAttributes
    ) {
        self.consumerKey = consumerKey
        self.tenant = tenant
        self.name = name
        self.ownerID = ownerID
        self.ownerName = ownerName
        self.grantTypes = grantTypes
        self.callback = callback
        self.tokenType = tokenType
        self.servesAllTenants = servesAllTenants
        self.attributes = attributes
    }
}

/// The form of a client's access tokens.
public enum AccessTokenType: String, Sendable, Codable, Hashable {
    case jwt = "JWT"
    /// An opaque string that only the key manager can judge.
    case opaque = "DEFAULT"
}

/// A client to be registered.
public struct OAuthClientDraft: Sendable, Hashable {
    public var name: String
    public var ownerID: String
    public var ownerName: String
    public var grantTypes: [String]
    public var callback: String
    public var tokenType: AccessTokenType
    public var servesAllTenants: Bool
    public var attributes: OAuthClientAttributes
    /// Dictated client id; `nil` has one made.
    public var consumerKey: String?
    /// Dictated secret; `nil` has one made.
    public var secret: String?

    public init(
        name: String, ownerID: String, ownerName: String, grantTypes: [String], callback: String = "",
        tokenType: AccessTokenType = .jwt, servesAllTenants: Bool = true,
        attributes: OAuthClientAttributes = OAuthClientAttributes(), consumerKey: String? = nil, secret: String? = nil
    ) {
        self.name = name
        self.ownerID = ownerID
        self.ownerName = ownerName
        self.grantTypes = grantTypes
        self.callback = callback
        self.tokenType = tokenType
        self.servesAllTenants = servesAllTenants
        self.attributes = attributes
        self.consumerKey = consumerKey
        self.secret = secret
    }
}

/// Lifetimes and switches of one client; `nil` lifetimes take the server's.
public struct OAuthClientAttributes: Sendable, Hashable, Codable {
    /// Seconds that tokens of `client_credentials` live.
    public var applicationTokenSeconds: Int?
    /// Seconds that tokens of users live.
    public var userTokenSeconds: Int?
    public var refreshTokenSeconds: Int?
    public var idTokenSeconds: Int?
    public var requiresPKCE: Bool
    public var allowsPlainPKCE: Bool
    /// A public client: it has no secret to show (`bypassClientCredentials`).
    public var isPublic: Bool
    /// Scopes that `client_credentials` may get without a role.
    public var applicationScopes: [String]

    public init(
        applicationTokenSeconds: Int? = nil, userTokenSeconds: Int? = nil, refreshTokenSeconds: Int? = nil,
        idTokenSeconds: Int? = nil, requiresPKCE: Bool = false, allowsPlainPKCE: Bool = false, isPublic: Bool = false,
        applicationScopes: [String] = []
    ) {
        self.applicationTokenSeconds = applicationTokenSeconds
        self.userTokenSeconds = userTokenSeconds
        self.refreshTokenSeconds = refreshTokenSeconds
        self.idTokenSeconds = idTokenSeconds
        self.requiresPKCE = requiresPKCE
        self.allowsPlainPKCE = allowsPlainPKCE
        self.isPublic = isPublic
        self.applicationScopes = applicationScopes
    }
}
