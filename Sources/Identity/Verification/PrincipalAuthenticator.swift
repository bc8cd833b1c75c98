import Documents
import Model
import Storage

/// Turns the `Authorization` header of a management request into a principal.
public struct PrincipalAuthenticator: Sendable {
    private let store: any SQLStore
    private let signIn: SignIn
    private let checker: AccessTokenChecker
    private let policy: ScopePolicy
    private let time: TimeSource

    init(store: any SQLStore, signIn: SignIn, checker: AccessTokenChecker, settings: IdentitySettings, time: TimeSource) {
        self.store = store
        self.signIn = signIn
        self.checker = checker
        self.time = time
        policy = ScopePolicy(settings: settings)
    }

    /// Accepts `Basic` credentials of users and `Bearer` tokens of the platform's own key manager; throws a 401.
    ///
    /// User names without a domain belong to the tenant of `tenantDomain`, else to the super tenant. With `tenantDomain` only
    /// users of that tenant are let through; others get a 403.
    public func principal(authorization: String, tenantDomain: String?) async throws -> Principal {
        let principal = try await accepted(authorization, tenantDomain)
        guard tenantDomain == nil || principal.tenant.domain == tenantDomain?.lowercased() else {
            throw CatalogueError.userOfAnotherTenant
        }
        return principal
    }

    private func accepted(_ authorization: String, _ tenantDomain: String?) async throws -> Principal {
        let scheme = authorization.prefix { $0 != " " }.lowercased()
        switch scheme {
        case "basic": return try await basic(authorization, tenantDomain)
        case "bearer":
            let token = authorization.dropFirst("bearer".count).trimmingPrefix { $0 == " " }
            return try await bearer(String(token))
        default: throw CatalogueError.malformedAuthorization
        }
    }

    /// The active tenant of a domain.
    public func tenant(domain: String) async throws -> Tenant? {
        try await store.read { connection in
            guard let record = try TenantTable.find(domain: domain, in: connection), record.isActive else { return nil }
            return record.tenant
        }
    }

    private func basic(_ header: String, _ tenantDomain: String?) async throws -> Principal {
        guard let (name, password) = BasicCredential.parse(header) else { throw CatalogueError.malformedAuthorization }
        let defaultTenant = try await defaultTenant(tenantDomain)
        guard let signedIn = try await signIn.user(name, password: password, defaultTenant: defaultTenant) else {
            throw CatalogueError.invalidCredentials
        }
        let scopes = try await store.read { [policy] in
            try policy.restScopes(ofRoles: signedIn.roles, in: signedIn.tenant, $0)
        }
        return Principal(
            username: signedIn.user.qualifiedName, userID: signedIn.user.id, tenant: signedIn.tenant, roles: signedIn.roles,
            scopes: scopes)
    }

    private func defaultTenant(_ domain: String?) async throws -> Tenant {
        guard let domain else { return .superTenant }
        guard let tenant = try await tenant(domain: domain) else { throw CatalogueError.invalidCredentials }
        return tenant
    }

    private func bearer(_ token: String) async throws -> Principal {
        let now = time.milliseconds
        return try await store.read { [checker] connection in
            do {
                let record = try checker.check(token, nowMilliseconds: now, connection).record
                return try Self.principal(of: record, connection)
            } catch let refusal as AccessTokenChecker.Refusal {
                throw refusal == .expired ? CatalogueError.expiredAccessToken : CatalogueError.invalidAccessToken
            }
        }
    }

    private static func principal(of record: TokenRecord, _ connection: any SQLConnection) throws -> Principal {
        guard let tenant = try TenantTable.find(id: record.userTenantID, in: connection), tenant.isActive,
            let user = try UserTable.find(id: record.userID, tenant: record.userTenantID, in: connection), !user.isLocked
        else { throw CatalogueError.invalidAccessToken }
        return Principal(
            username: user.qualifiedName, userID: user.id, tenant: tenant.tenant,
            roles: try RoleTable.names(of: user.id, tenant: user.tenantID, in: connection), scopes: Set(record.scopes),
            consumerKey: record.consumerKey)
    }
}
