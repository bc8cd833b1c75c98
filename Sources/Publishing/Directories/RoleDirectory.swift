import Model
import Storage

/// What publishing needs from users, roles and tenants, which the identity part keeps.
public protocol RoleDirectory: Sendable {
    /// Those of `names` that are no roles of the tenant; letter case does not matter.
    func unknownRoles(among names: [String], in tenant: Tenant) async throws -> [String]
    /// Whether the tenant has a user of that name.
    func userExists(_ name: String, in tenant: Tenant) async throws -> Bool
    /// What is known of the user `name`; `nil` for one that the tenant does not have.
    func profile(ofUser name: String, in tenant: Tenant) async throws -> UserProfile?
    /// The active tenants, or the inactive ones.
    func tenants(active: Bool) async throws -> [Tenant]
}

/// Where the scopes of APIs become known to the token endpoint.
public protocol ScopeRegistrar: Sendable {
    /// Stores a scope of the change's tenant; one of the same name is replaced.
    func put(_ scope: PublishedScope, in change: ChangeTransaction) throws
    func remove(_ name: String, in change: ChangeTransaction) throws
}

/// Signs the keys with which publishers try an API in any of its states.
public protocol InternalKeySigner: Sendable {
    /// The token and how many seconds it is valid.
    func internalKey(
        for api: APIRecord, subject: String, keyType: KeyType, tenant: Tenant, milliseconds: Int64,
        in connection: any SQLConnection
    ) throws -> (token: String, validitySeconds: Int)
}
