/// An issuer whose tokens gateways accept.
public struct GatewayKeyManager: Sendable, Hashable, Codable {
    /// The owning tenant; ``everyTenant`` for one that all tenants use.
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
    /// Which tokens are its own; empty takes every one.
    public var tokenRules: [GatewayTokenRule]
    /// Names of claims in what backends get, by the names that they have in tokens.
    public var claimMappings: [String: String]
    /// Whether JWTs are checked with ``keySet``; else the key manager is asked about every token.
    public var validatesTokensLocally: Bool
    /// Whether the key manager can be asked about tokens (RFC 7662).
    public var introspects: Bool
    /// Whether the keys come from a URL, so that a key nobody knows is worth looking up.
    public var refreshesKeys: Bool

    public init(
        tenant: Int, name: String, issuer: String, keySet: String, consumerKeyClaim: String = "azp",
        scopesClaim: String = "scope", enabled: Bool = true, tokenRules: [GatewayTokenRule] = [],
        claimMappings: [String: String] = [:], validatesTokensLocally: Bool = true, introspects: Bool = false,
        refreshesKeys: Bool = false
    ) {
        self.tenant = tenant
        self.name = name
        self.issuer = issuer
        self.keySet = keySet
        self.consumerKeyClaim = consumerKeyClaim
        self.scopesClaim = scopesClaim
        self.enabled = enabled
        self.tokenRules = tokenRules
        self.claimMappings = claimMappings
        self.validatesTokensLocally = validatesTokensLocally
        self.introspects = introspects
        self.refreshesKeys = refreshesKeys
    }

    /// ``tenant`` of key managers that all tenants use.
    public static let everyTenant = 0

    /// Name of the platform's own key manager.
    public static let residentName = "Resident Key Manager"
    /// Name under which the key of API keys and internal keys is published; its tokens are no OAuth2 tokens.
    public static let apiKeyIssuerName = "API Key Issuer"
}

extension GatewayKeyManager {
    /// Entities of older versions lack the later members.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            tenant: try values.decode(Int.self, forKey: .tenant), name: try values.decode(String.self, forKey: .name),
            issuer: try values.decode(String.self, forKey: .issuer), keySet: try values.decode(String.self, forKey: .keySet),
            consumerKeyClaim: try values.decode(String.self, forKey: .consumerKeyClaim),
            scopesClaim: try values.decode(String.self, forKey: .scopesClaim),
            enabled: try values.decode(Bool.self, forKey: .enabled),
            tokenRules: try values.decodeIfPresent([GatewayTokenRule].self, forKey: .tokenRules) ?? [],
            claimMappings: try values.decodeIfPresent([String: String].self, forKey: .claimMappings) ?? [:],
            validatesTokensLocally: try values.decodeIfPresent(Bool.self, forKey: .validatesTokensLocally) ?? true,
            introspects: try values.decodeIfPresent(Bool.self, forKey: .introspects) ?? false,
            refreshesKeys: try values.decodeIfPresent(Bool.self, forKey: .refreshesKeys) ?? false)
    }
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
