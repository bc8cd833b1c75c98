import Model

/// The roles and users of a tenant, which the identity part keeps.
public protocol RoleDirectory: Sendable {
    /// Whether the tenant has a role of that name; names are compared without regard to case.
    func roleExists(_ name: String, in tenant: Tenant) async throws -> Bool
    /// Whether the tenant has a user of that name.
    func userExists(_ name: String, in tenant: Tenant) async throws -> Bool
    /// The active tenants, or the inactive ones.
    func tenants(active: Bool) async throws -> [Tenant]
}
