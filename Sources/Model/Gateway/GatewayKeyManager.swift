/// An issuer whose tokens gateways accept.
public struct GatewayKeyManager: Sendable, Hashable, Codable {
    public var tenant: Int
    /// For instance `Resident Key Manager`.
    public var name: String
    /// Value of the `iss` claim.
    public var issuer: String
    /// JSON Web Key Set (RFC 7517) as text.
    public var keySet: String
    /// Claim that carries the client id, default `azp`.
    public var consumerKeyClaim: String
    /// Claim that carries the scopes, default `scope`.
    public var scopesClaim: String
    public var enabled: Bool

    public init(
        tenant: Int, name: String, issuer: String, keySet: String, consumerKeyClaim: String = "azp",
        scopesClaim: String = "scope", enabled: Bool = true
    ) {
        self.tenant = tenant
        self.name = name
        self.issuer = issuer
        self.keySet = keySet
        self.consumerKeyClaim = consumerKeyClaim
        self.scopesClaim = scopesClaim
        self.enabled = enabled
    }

    /// Name of the platform's own key manager.
    public static let residentName = "Resident Key Manager"
    /// Name under which the key of API keys and internal keys is published; its tokens are no OAuth2 tokens.
    public static let apiKeyIssuerName = "API Key Issuer"
}

/// A token that must no longer be accepted although its signature and time are right.
public struct GatewayRevocation: Sendable, Hashable, Codable {
    public var tenant: Int
    /// The `jti` claim.
    public var tokenID: String
    /// When the token expires by itself and the revocation may be forgotten; milliseconds since 1970.
    public var expiresMilliseconds: Int64

    public init(tenant: Int, tokenID: String, expiresMilliseconds: Int64) {
        self.tenant = tenant
        self.tokenID = tokenID
        self.expiresMilliseconds = expiresMilliseconds
    }
}
