import Documents
import Model
import Storage

/// Scopes that several APIs may use.
public struct SharedScopeService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    public func list(limit: Int, offset: Int, of tenant: Tenant) async throws -> (scopes: [SharedScope], total: Int) {
        try await foundation.changes.read {
            try SharedScopeStore.list(tenant: tenant.id, limit: limit, offset: offset, in: $0)
        }
    }

    public func scope(_ id: String, of tenant: Tenant) async throws -> SharedScope {
        try await foundation.changes.read { try Self.require(id, tenant, $0) }
    }

    /// Whether the tenant has a scope `name`, shared or of an API.
    public func exists(_ name: String, in tenant: Tenant) async throws -> Bool {
        try await foundation.changes.read { connection in
            if try SharedScopeStore.find(name: name, tenant: tenant.id, in: connection) != nil { return true }
            return try connection.first(
                "SELECT 1 AS found FROM api_scope_use WHERE tenant_id = ? AND name = ?",
                [SQLValue(tenant.id), SQLValue(name)]) != nil
        }
    }

    /// The APIs that use the scope, in the order in which they were made.
    public func users(of id: String, in tenant: Tenant) async throws -> (scope: SharedScope, apis: [APIRecord]) {
        try await foundation.changes.read { connection in
            let shared = try Self.require(id, tenant, connection)
            let rows = try connection.query(
                """
                SELECT \(APIStore.columns) FROM api JOIN api_scope_use ON api_scope_use.api_id = api.id
                WHERE api_scope_use.tenant_id = ? AND api_scope_use.name = ? ORDER BY api.number
                """, [SQLValue(tenant.id), SQLValue(shared.scope.name)])
            return (shared, try rows.map(APIStore.record))
        }
    }

    public func create(_ scope: PublishedScope, _ context: ChangeContext) async throws -> SharedScope {
        try await check(scope, context.tenant)
        let shared = SharedScope(id: foundation.random.uuid(), scope: scope, usageCount: 0)
        let registrar = foundation.scopes
        return try await foundation.changes.change(context) { change in
            let tenant = context.tenant.id
            let isUsed = try change.first(
                "SELECT 1 AS found FROM api_scope_use WHERE tenant_id = ? AND name = ?",
                [SQLValue(tenant), SQLValue(scope.name)])
            guard isUsed == nil, try SharedScopeStore.find(name: scope.name, tenant: tenant, in: change) == nil else {
                throw CatalogueError.scopeExists(scope.name)
            }
            try SharedScopeStore.insert(shared, tenant: tenant, in: change)
            try registrar.put(scope, in: change)
            try change.audit(
                "create", kind: "scope", id: shared.id, after: ScopeRules.json(scope, id: shared.id, isShared: true))
            return shared
        }
    }

    /// Changes everything but the name, which stays.
    public func update(_ id: String, to scope: PublishedScope, _ context: ChangeContext) async throws -> SharedScope {
        try await check(scope, context.tenant)
        let registrar = foundation.scopes
        return try await foundation.changes.change(context) { change in
            var shared = try Self.require(id, context.tenant, change)
            let before = ScopeRules.json(shared.scope, id: id, isShared: true)
            let name = shared.scope.name
            shared.scope = scope
            shared.scope.name = name
            try SharedScopeStore.update(shared, tenant: context.tenant.id, in: change)
            try registrar.put(shared.scope, in: change)
            try change.audit(
                "update", kind: "scope", id: id, before: before, after: ScopeRules.json(shared.scope, id: id, isShared: true))
            return shared
        }
    }

    public func delete(_ id: String, _ context: ChangeContext) async throws {
        let registrar = foundation.scopes
        try await foundation.changes.change(context) { change in
            let shared = try Self.require(id, context.tenant, change)
            guard shared.usageCount == 0 else { throw CatalogueError.sharedScopeAttached(shared.scope.name) }
            try SharedScopeStore.delete(id, tenant: context.tenant.id, in: change)
            try registrar.remove(shared.scope.name, in: change)
            try change.audit("delete", kind: "scope", id: id, before: ScopeRules.json(shared.scope, id: id, isShared: true))
        }
    }

    private func check(_ scope: PublishedScope, _ tenant: Tenant) async throws {
        guard !scope.name.isEmpty else { throw CatalogueError.sharedScopeNameMissing }
        guard !scope.displayName.isEmpty else { throw CatalogueError.sharedScopeDisplayNameMissing }
        let unknown = try await foundation.roles.unknownRoles(among: scope.roles, in: tenant)
        if let role = unknown.first { throw CatalogueError.scopeRoleUnknown(role) }
    }

    private static func require(_ id: String, _ tenant: Tenant, _ connection: any SQLConnection) throws -> SharedScope {
        guard let shared = try SharedScopeStore.find(id: id, tenant: tenant.id, in: connection) else {
            throw CatalogueError.sharedScopeNotFound(id)
        }
        return shared
    }
}
