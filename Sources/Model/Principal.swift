/// Who makes a management request: a user, with what the credential allows.
public struct Principal: Sendable, Hashable {
    /// User name without tenant, for instance `admin` or `STORE/kim`.
    public var username: String
    /// The user's id, a UUID; the `sub` claim of tokens.
    public var userID: String
    public var tenant: Tenant
    /// Role names, for instance `admin`, `Internal/publisher`.
    public var roles: Set<String>
    /// Scopes of the credential; for Basic authentication all scopes that the roles grant.
    public var scopes: Set<String>
    /// Client id that the token was issued to; `nil` for Basic authentication.
    public var consumerKey: String?

    public init(
        username: String, userID: String, tenant: Tenant, roles: Set<String>, scopes: Set<String>,
        consumerKey: String? = nil
    ) {
        self.username = username
        self.userID = userID
        self.tenant = tenant
        self.roles = roles
        self.scopes = scopes
        self.consumerKey = consumerKey
    }

    /// `name@domain`, the form in which users appear in tokens, quota keys and events.
    public var qualifiedName: String { "\(username)@\(tenant.domain)" }

    /// `name` for users of the super tenant, else `name@domain`: the form of the REST APIs' `owner` and `provider` members.
    public var displayName: String { tenant.isSuper ? username : qualifiedName }
}
