import Model

/// What the configuration says about identity; see `docs/oauth2.md`.
public struct IdentitySettings: Sendable {
    /// `https://host:port` under which clients reach the platform; the issuer of tokens begins with it.
    public var publicURL: String
    /// Lifetimes in seconds; negative means that tokens do not expire.
    public var userTokenSeconds: Int
    public var applicationTokenSeconds: Int
    public var refreshTokenSeconds: Int
    public var idTokenSeconds: Int
    /// Whether `client_credentials` may get the client's own scopes without a role.
    public var enablesApplicationScopes: Bool
    /// Scopes that need no role.
    public var allowedScopes: [ScopePattern]
    /// `kid` of API keys and internal keys.
    public var apiKeyAlias: String
    public var passwordCost: PasswordCost
    /// How long the keys of other key managers are used before they are fetched again.
    public var keySetMilliseconds: Int64
    public var keyManagerPatience: KeyManagerPatience

    public init(
        publicURL: String = "https://localhost:9443", userTokenSeconds: Int = 3600, applicationTokenSeconds: Int = 3600,
        refreshTokenSeconds: Int = 86_400, idTokenSeconds: Int = 3600, enablesApplicationScopes: Bool = false,
        allowedScopes: [ScopePattern] = ScopePattern.standard, apiKeyAlias: String = "gateway_certificate_alias",
        passwordCost: PasswordCost = .standard, keySetMilliseconds: Int64 = 300_000,
        keyManagerPatience: KeyManagerPatience = KeyManagerPatience()
    ) {
        self.publicURL = publicURL
        self.userTokenSeconds = userTokenSeconds
        self.applicationTokenSeconds = applicationTokenSeconds
        self.refreshTokenSeconds = refreshTokenSeconds
        self.idTokenSeconds = idTokenSeconds
        self.enablesApplicationScopes = enablesApplicationScopes
        self.allowedScopes = allowedScopes
        self.apiKeyAlias = apiKeyAlias
        self.passwordCost = passwordCost
        self.keySetMilliseconds = keySetMilliseconds
        self.keyManagerPatience = keyManagerPatience
    }

    /// The root of a tenant's endpoints: with `/t/{domain}` for all but the super tenant.
    public func endpoint(_ path: String, of tenant: Tenant) -> String {
        publicURL + (tenant.isSuper ? "" : "/t/\(tenant.domain)") + path
    }

    /// The `iss` claim of a tenant's tokens.
    public func issuer(of tenant: Tenant) -> String { endpoint("/oauth2/token", of: tenant) }
}
