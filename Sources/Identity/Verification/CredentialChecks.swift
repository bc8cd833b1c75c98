import Model
import Storage

/// What gateways ask about credentials that they cannot judge themselves.
public struct CredentialChecks: Sendable {
    let store: any SQLStore
    let signIn: SignIn
    let introspection: Introspection
    let managers: KeyManagers
    let external: TokenIntrospection
    let silent: SilentKeyManagers
    let refresh: KeySetRefresh
    let settings: IdentitySettings
    let time: TimeSource

    /// What a token stands for at a key manager of a tenant, or at one of all tenants; `nil` if it is not valid there. Throws if the key
    /// manager gives no answer.
    public func introspect(_ token: String, keyManager name: String, tenant id: Int) async throws -> IntrospectedToken? {
        let found = try await store.read { connection -> KeyManager? in
            guard let tenant = try TenantTable.find(id: id, in: connection), tenant.isActive else { return nil }
            return try managers.find(name, in: tenant.tenant, connection)
        }
        guard let manager = found, manager.isEnabled, manager.tokenType != .exchanged else { return nil }
        if manager.isResident {
            return try await introspection.inspect(token, tenant: id, nowMilliseconds: time.milliseconds)
        }
        do {
            return try await external.introspect(token, at: manager)
        } catch {
            silent.note(manager, error, nowMilliseconds: time.milliseconds)
            throw error
        }
    }

    /// The user of a name and password, who belongs to the super tenant if the name has no domain; `nil` if either is wrong. Throws 429 if
    /// too many passwords wait to be checked.
    public func authenticate(user name: String, password: String) async throws -> AuthenticatedUser? {
        guard let found = try await signIn.user(name, password: password, defaultTenant: .superTenant) else { return nil }
        let scopes = try await store.read { [settings] in
            try ScopePolicy(settings: settings).apiScopes(ofRoles: found.roles, in: found.tenant, $0)
        }
        return AuthenticatedUser(
            name: "\(found.user.qualifiedName)@\(found.tenant.domain)", id: found.user.id, tenant: found.tenant.id,
            scopes: scopes)
    }

    /// What the user store says of a user of an active tenant; `nil` if there is no such user.
    public func claims(ofUser id: String, tenant: Int) async throws -> UserClaims? {
        try await store.read { connection in
            guard let record = try TenantTable.find(id: tenant, in: connection), record.isActive,
                let user = try UserTable.find(id: id, tenant: tenant, in: connection)
            else { return nil }
            return UserClaims(user, roles: try RoleTable.names(of: id, tenant: tenant, in: connection))
        }
    }

    /// Fetches the keys of a key manager again; when it returns, the gateways of this node know them.
    public func refreshKeys(ofKeyManager name: String, tenant id: Int) async throws {
        let tenant = try await store.read { try TenantTable.find(id: id, in: $0)?.tenant }
        try await refresh.refresh(keyManager: name, tenant: tenant ?? KeyManager.everyTenant)
    }
}
