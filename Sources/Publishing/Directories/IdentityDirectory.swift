import Identity
import Model
import Storage

/// Users, roles, scopes and keys as the platform's own identity part keeps them.
public struct IdentityDirectory: Sendable {
    private let users: UserDirectory
    private let keys: APIKeyIssuer
    private let tenantList: @Sendable (_ active: Bool) async throws -> [Tenant]

    /// `tenants` lists the active tenants, or the inactive ones.
    public init(
        users: UserDirectory, keys: APIKeyIssuer, tenants: @escaping @Sendable (_ active: Bool) async throws -> [Tenant]
    ) {
        self.users = users
        self.keys = keys
        tenantList = tenants
    }
}

extension IdentityDirectory: RoleDirectory {
    public func unknownRoles(among names: [String], in tenant: Tenant) async throws -> [String] {
        names.isEmpty ? [] : try await users.unknownRoles(among: names, in: tenant)
    }

    public func userExists(_ name: String, in tenant: Tenant) async throws -> Bool {
        try await users.user(named: name, in: tenant) != nil
    }

    public func profile(ofUser name: String, in tenant: Tenant) async throws -> UserProfile? {
        let suffix = "@" + tenant.domain
        let username = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
        guard let user = try await users.user(named: username, in: tenant) else { return nil }
        return UserProfile(
            name: user.qualifiedName, roles: try await users.roles(ofUser: username, in: tenant), claims: Self.claims(of: user))
    }

    /// The attributes that developer portals ask for at registration.
    private static func claims(of user: User) -> [UserProfile.Claim] {
        let texts = UserClaims(user, roles: []).texts
        let shown = [
            ("First Name", "givenname"), ("Last Name", "lastname"), ("Email", "emailaddress"), ("Organization", "organization"),
            ("Telephone", "telephone"), ("Country", "country"),
        ]
        return shown.compactMap { name, claim in
            texts[claim].map { UserProfile.Claim(name: name, uri: "\(UserClaims.dialect)/\(claim)", value: $0) }
        }
    }

    public func tenants(active: Bool) async throws -> [Tenant] { try await tenantList(active) }
}

extension IdentityDirectory: ScopeRegistrar {
    public func put(_ scope: PublishedScope, in change: ChangeTransaction) throws {
        try ScopeRegistry.put(scope, in: change)
    }

    public func remove(_ name: String, in change: ChangeTransaction) throws { try ScopeRegistry.remove(name, in: change) }
}

extension IdentityDirectory: InternalKeySigner {
    public func internalKey(
        for api: APIRecord, subject: String, keyType: KeyType, tenant: Tenant, milliseconds: Int64,
        in connection: any SQLConnection
    ) throws -> (token: String, validitySeconds: Int) {
        let claims = InternalKeyClaims(
            subject: subject, keyType: keyType, apiName: api.name, apiVersion: api.version, apiContext: api.context,
            apiProvider: api.provider)
        let key = try keys.sign(claims, tenant: tenant, nowMilliseconds: milliseconds, connection)
        return (key.token, claims.validitySeconds)
    }
}
