import Documents
import Model
import Storage

/// SQL of the table `user_account`.
enum UserTable {
    private static let columns =
        "id, tenant_id, store, username, locked, attributes, version, created_at, modified_at"

    static func find(id: String, tenant: Int, in connection: any SQLConnection) throws -> User? {
        try connection.first(
            "SELECT \(columns) FROM user_account WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)]
        ).map(user)
    }

    static func find(username: String, tenant: Int, in connection: any SQLConnection) throws -> User? {
        let (store, name) = User.split(username)
        return try connection.first(
            """
            SELECT \(columns) FROM user_account
            WHERE tenant_id = ? AND lower(store) = lower(?) AND lower(username) = lower(?)
            """,
            [SQLValue(tenant), SQLValue(store), SQLValue(name)]
        ).map(user)
    }

    /// The stored hash of the user's password.
    static func passwordHash(id: String, tenant: Int, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT password FROM user_account WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)]
        )?.text("password")
    }

    static func insert(_ user: User, passwordHash: String, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO user_account
                (id, tenant_id, store, username, password, locked, attributes, version, created_at, modified_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(user.id), SQLValue(user.tenantID), SQLValue(user.store), SQLValue(user.name),
                SQLValue(passwordHash), SQLValue(user.isLocked), SQLValue(JSONValue.object(user.attributes).text),
                SQLValue(user.version), SQLValue(user.createdMilliseconds), SQLValue(user.modifiedMilliseconds),
            ])
    }

    /// Stores everything but the password, the name and the time of creation.
    static func update(_ user: User, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE user_account SET locked = ?, attributes = ?, version = ?, modified_at = ? WHERE id = ? AND tenant_id = ?",
            [
                SQLValue(user.isLocked), SQLValue(JSONValue.object(user.attributes).text), SQLValue(user.version),
                SQLValue(user.modifiedMilliseconds), SQLValue(user.id), SQLValue(user.tenantID),
            ])
    }

    static func setPassword(_ hash: String, id: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE user_account SET password = ? WHERE id = ? AND tenant_id = ?",
            [SQLValue(hash), SQLValue(id), SQLValue(tenant)])
    }

    static func delete(id: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM user_role WHERE user_id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
        try transaction.execute(
            "DELETE FROM user_account WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
    }

    /// All users of a tenant in order of their names.
    static func all(tenant: Int, in connection: any SQLConnection) throws -> [User] {
        try connection.query(
            "SELECT \(columns) FROM user_account WHERE tenant_id = ? ORDER BY lower(username), id", [SQLValue(tenant)]
        ).map(user)
    }

    private static func user(_ row: SQLRow) throws -> User {
        User(
            id: try row.text("id"), tenantID: try row.int("tenant_id"), store: try row.text("store"),
            name: try row.text("username"), isLocked: try row.bool("locked"),
            attributes: try JSONValue.parse(try row.text("attributes")).object ?? JSONObject(),
            version: try row.int64("version"), createdMilliseconds: try row.int64("created_at"),
            modifiedMilliseconds: try row.int64("modified_at"))
    }
}
