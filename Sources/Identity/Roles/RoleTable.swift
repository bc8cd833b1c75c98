import Documents
import Model
import Storage

/// SQL of the tables `role` and `user_role`.
enum RoleTable {
    private static let columns = "id, tenant_id, name, is_group, permissions, version, created_at, modified_at"

    static func find(id: String, tenant: Int, in connection: any SQLConnection) throws -> Role? {
        try connection.first("SELECT \(columns) FROM role WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
            .map(role)
    }

    /// The role or group with exactly this name, whatever its case.
    static func find(name: String, isGroup: Bool, tenant: Int, in connection: any SQLConnection) throws -> Role? {
        try connection.first(
            "SELECT \(columns) FROM role WHERE tenant_id = ? AND is_group = ? AND lower(name) = lower(?)",
            [SQLValue(tenant), SQLValue(isGroup), SQLValue(name)]
        ).map(role)
    }

    static func all(isGroup: Bool, tenant: Int, in connection: any SQLConnection) throws -> [Role] {
        try connection.query(
            "SELECT \(columns) FROM role WHERE tenant_id = ? AND is_group = ? ORDER BY lower(name), id",
            [SQLValue(tenant), SQLValue(isGroup)]
        ).map(role)
    }

    static func insert(_ role: Role, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO role (id, tenant_id, name, is_group, permissions, version, created_at, modified_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(role.id), SQLValue(role.tenantID), SQLValue(role.name), SQLValue(role.isGroup),
                SQLValue(JSONValue(role.permissions).text), SQLValue(role.version),
                SQLValue(role.createdMilliseconds), SQLValue(role.modifiedMilliseconds),
            ])
    }

    static func update(_ role: Role, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE role SET name = ?, permissions = ?, version = ?, modified_at = ? WHERE id = ? AND tenant_id = ?",
            [
                SQLValue(role.name), SQLValue(JSONValue(role.permissions).text), SQLValue(role.version),
                SQLValue(role.modifiedMilliseconds), SQLValue(role.id), SQLValue(role.tenantID),
            ])
    }

    static func delete(id: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM user_role WHERE role_id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
        try transaction.execute("DELETE FROM role WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
    }

    /// Roles and groups assigned to a user, without the one that everybody has.
    static func assigned(to userID: String, tenant: Int, in connection: any SQLConnection) throws -> [Role] {
        let qualified = columns.split(separator: ", ").map { "role.\($0)" }.joined(separator: ", ")
        return try connection.query(
            """
            SELECT \(qualified) FROM role JOIN user_role ON user_role.role_id = role.id
            WHERE user_role.user_id = ? AND role.tenant_id = ? ORDER BY lower(role.name), role.id
            """, [SQLValue(userID), SQLValue(tenant)]
        ).map(role)
    }

    /// Names of a user's roles, with ``BuiltInRole/everyone``.
    static func names(of userID: String, tenant: Int, in connection: any SQLConnection) throws -> Set<String> {
        var names = Set(try assigned(to: userID, tenant: tenant, in: connection).map(\.name))
        names.insert(BuiltInRole.everyone.rawValue)
        return names
    }

    static func memberIDs(of roleID: String, tenant: Int, in connection: any SQLConnection) throws -> [String] {
        try connection.query(
            "SELECT user_id FROM user_role WHERE role_id = ? AND tenant_id = ? ORDER BY user_id",
            [SQLValue(roleID), SQLValue(tenant)]
        ).map { try $0.text("user_id") }
    }

    static func assign(_ roleID: String, to userID: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "INSERT INTO user_role (tenant_id, user_id, role_id) VALUES (?, ?, ?) ON CONFLICT (user_id, role_id) DO NOTHING",
            [SQLValue(tenant), SQLValue(userID), SQLValue(roleID)])
    }

    static func withdraw(_ roleID: String, from userID: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM user_role WHERE tenant_id = ? AND user_id = ? AND role_id = ?",
            [SQLValue(tenant), SQLValue(userID), SQLValue(roleID)])
    }

    private static func role(_ row: SQLRow) throws -> Role {
        Role(
            id: try row.text("id"), tenantID: try row.int("tenant_id"), name: try row.text("name"),
            isGroup: try row.bool("is_group"),
            permissions: try JSONValue.parse(try row.text("permissions")).strings ?? [],
            version: try row.int64("version"), createdMilliseconds: try row.int64("created_at"),
            modifiedMilliseconds: try row.int64("modified_at"))
    }
}
