import Model
import Storage

/// A user whose credential was accepted.
struct SignedInUser: Sendable {
    var user: User
    var tenant: Tenant
    var roles: Set<String>
}

/// Checks names and passwords.
struct SignIn: Sendable {
    let store: any SQLStore
    let hasher: PasswordHasher

    /// The user with this name and password, or `nil`; whatever is wrong takes the same time.
    ///
    /// `username` is `name` or `name@domain`; without the domain of a tenant it is looked up in `defaultTenant`.
    func user(_ username: String, password: String, defaultTenant: Tenant) async throws -> SignedInUser? {
        let candidate = try await store.read { try Self.candidate(username, defaultTenant, $0) }
        let isRight = try await hasher.matches(password, stored: candidate?.passwordHash)
        guard isRight, let candidate, candidate.maySignIn else { return nil }
        return candidate.signedIn
    }

    private struct Candidate: Sendable {
        var signedIn: SignedInUser
        var passwordHash: String?
        var maySignIn: Bool
    }

    private static func candidate(
        _ username: String, _ defaultTenant: Tenant, _ connection: any SQLConnection
    ) throws -> Candidate? {
        let (name, tenant) = try resolve(username, defaultTenant, connection)
        guard let record = try TenantTable.find(id: tenant.id, in: connection),
            let user = try UserTable.find(username: name, tenant: tenant.id, in: connection)
        else { return nil }
        return Candidate(
            signedIn: SignedInUser(
                user: user, tenant: tenant, roles: try RoleTable.names(of: user.id, tenant: tenant.id, in: connection)),
            passwordHash: try UserTable.passwordHash(id: user.id, tenant: tenant.id, in: connection),
            maySignIn: record.isActive && !user.isLocked)
    }

    /// Splits `name@domain` at the last `@`. What follows it counts only if a tenant has that domain, so that e-mail addresses
    /// can be names.
    static func resolve(
        _ username: String, _ defaultTenant: Tenant, _ connection: any SQLConnection
    ) throws -> (name: String, tenant: Tenant) {
        guard let at = username.lastIndex(of: "@") else { return (username, defaultTenant) }
        let domain = String(username[username.index(after: at)...])
        guard let record = try TenantTable.find(domain: domain, in: connection) else { return (username, defaultTenant) }
        return (String(username[..<at]), record.tenant)
    }
}
