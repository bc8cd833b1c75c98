import Documents
import Model
import Storage

/// A scope that several APIs may use.
public struct SharedScope: Sendable, Hashable {
    /// UUID.
    public var id: String
    public var scope: PublishedScope
    /// How many APIs use it.
    public var usageCount: Int
}

/// The rows of shared scopes.
enum SharedScopeStore {
    private static let columns = """
        shared_scope.id, shared_scope.name, shared_scope.display_name, shared_scope.description, shared_scope.roles,
        (SELECT COUNT(*) FROM api_scope_use WHERE api_scope_use.tenant_id = shared_scope.tenant_id
            AND api_scope_use.name = shared_scope.name) AS uses
        """

    static func find(id: String, tenant: Int, in connection: any SQLConnection) throws -> SharedScope? {
        try connection.first(
            "SELECT \(columns) FROM shared_scope WHERE tenant_id = ? AND id = ?", [SQLValue(tenant), SQLValue(id)]
        ).map(scope)
    }

    static func find(name: String, tenant: Int, in connection: any SQLConnection) throws -> SharedScope? {
        try connection.first(
            "SELECT \(columns) FROM shared_scope WHERE tenant_id = ? AND name = ?", [SQLValue(tenant), SQLValue(name)]
        ).map(scope)
    }

    static func names(tenant: Int, in connection: any SQLConnection) throws -> Set<String> {
        Set(
            try connection.query("SELECT name FROM shared_scope WHERE tenant_id = ?", [SQLValue(tenant)])
                .map { try $0.text("name") })
    }

    static func list(tenant: Int, limit: Int, offset: Int, in connection: any SQLConnection) throws -> (
        scopes: [SharedScope], total: Int
    ) {
        let total = try connection.first("SELECT COUNT(*) AS total FROM shared_scope WHERE tenant_id = ?", [SQLValue(tenant)])
        let page = try connection.query(
            "SELECT \(columns) FROM shared_scope WHERE tenant_id = ? ORDER BY name LIMIT ? OFFSET ?",
            [SQLValue(tenant), SQLValue(limit), SQLValue(offset)])
        return (try page.map(scope), try total?.int("total") ?? 0)
    }

    static func insert(_ shared: SharedScope, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "INSERT INTO shared_scope (id, tenant_id, name, display_name, description, roles) VALUES (?, ?, ?, ?, ?, ?)",
            [
                SQLValue(shared.id), SQLValue(tenant), SQLValue(shared.scope.name), SQLValue(shared.scope.displayName),
                SQLValue(shared.scope.description), SQLValue(JSONValue(shared.scope.roles).text),
            ])
    }

    static func update(_ shared: SharedScope, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "UPDATE shared_scope SET display_name = ?, description = ?, roles = ? WHERE tenant_id = ? AND id = ?",
            [
                SQLValue(shared.scope.displayName), SQLValue(shared.scope.description),
                SQLValue(JSONValue(shared.scope.roles).text), SQLValue(tenant), SQLValue(shared.id),
            ])
    }

    static func delete(_ id: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute("DELETE FROM shared_scope WHERE tenant_id = ? AND id = ?", [SQLValue(tenant), SQLValue(id)])
    }

    private static func scope(_ row: SQLRow) throws -> SharedScope {
        let scope = PublishedScope(
            name: try row.text("name"), displayName: try row.text("display_name"), description: try row.text("description"),
            roles: try JSONValue.parse(try row.text("roles")).strings ?? [])
        return SharedScope(id: try row.text("id"), scope: scope, usageCount: try row.int("uses"))
    }
}
