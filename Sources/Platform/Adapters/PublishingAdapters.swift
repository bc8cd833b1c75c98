import Consuming
import Identity
import Model
import Operating
import Publishing
import Storage

/// The environments that administrators keep, as publishing sees them.
struct StoredEnvironments: EnvironmentDirectory {
    let environments: Environments

    func environments(of tenant: Tenant) async throws -> [GatewayEnvironment] {
        try await environments.list(tenant: tenant)
    }
}

/// The throttling policies that administrators keep, as publishing sees them.
struct StoredPolicies: PolicyDirectory {
    let changes: ChangeStore
    let catalogue: PolicyCatalogue

    func policies(level: ThrottlingLevel, of tenant: Tenant) async throws -> [ThrottlingPolicy] {
        try await changes.read { try catalogue.policies(level, tenant: tenant, in: $0) }
    }
}

/// The throttling policies as subscribers' rules see them.
struct OfferedPolicySource: ThrottlingPolicySource {
    let catalogue: PolicyCatalogue

    func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [ThrottlingPolicy] {
        try catalogue.policies(level, tenant: tenant, in: connection)
    }
}

/// Users, roles and tenants as publishing sees them.
struct IdentityRoles: RoleDirectory {
    let users: UserDirectory
    let tenants: TenantDirectory

    func unknownRoles(among names: [String], in tenant: Tenant) async throws -> [String] {
        try await users.unknownRoles(among: names, in: tenant)
    }

    func userExists(_ name: String, in tenant: Tenant) async throws -> Bool {
        try await users.user(named: name, in: tenant) != nil
    }

    func tenants(active: Bool) async throws -> [Tenant] { try await tenants.tenants(active: active) }
}

/// Scopes of APIs become known to the token endpoint.
struct TokenScopes: ScopeRegistrar {
    func put(_ scope: PublishedScope, in change: ChangeTransaction) throws {
        let scope = APIScope(
            name: scope.name, displayName: scope.displayName, description: scope.description, roles: scope.roles)
        try ScopeRegistry.put(scope, in: change)
    }

    func remove(_ name: String, in change: ChangeTransaction) throws { try ScopeRegistry.remove(name, in: change) }
}

/// Subscriptions as publishing sees them.
struct StoredSubscriptions: SubscriptionRegister {
    let directory: SubscriptionDirectory

    func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> Int {
        try directory.count(ofAPI: id, tenant: tenant, in: connection)
    }

    func copy(fromAPI id: String, toAPI target: String, in change: ChangeTransaction) throws {
        try directory.copy(fromAPI: id, toAPI: target, in: change)
    }

    func removeAll(ofAPI id: String, in change: ChangeTransaction) throws {
        try directory.removeAll(ofAPI: id, in: change)
    }
}
