import Documents
import Model
import Storage

/// SQL of the table `key_manager`. Every look-up is bound to one tenant and the key managers of all.
struct KeyManagerTable: Sendable {
    let vault: Vault

    private static let columns = "id, tenant_id, name, type, enabled, issuer, document, secrets, version"

    /// What is known of a key manager's keys.
    struct Keys: Sendable, Hashable {
        /// JSON Web Key Set as text.
        var keySet: String
        /// When to fetch them again, milliseconds since 1970; `nil` for keys that do not come from a URL.
        var due: Int64?
        /// Why the last attempt failed.
        var problem: String?
    }

    /// The tenant's own key managers and the global ones, in order of name.
    func all(_ tenant: Tenant, in connection: any SQLConnection) throws -> [KeyManager] {
        try connection.query(
            "SELECT \(Self.columns) FROM key_manager WHERE tenant_id IN (?, ?) ORDER BY lower(name), id",
            [SQLValue(tenant.id), SQLValue(KeyManager.everyTenant.id)]
        ).map { try keyManager($0, tenant) }
    }

    /// Key managers that belong to the tenant itself.
    func own(_ tenant: Tenant, in connection: any SQLConnection) throws -> [KeyManager] {
        try connection.query(
            "SELECT \(Self.columns) FROM key_manager WHERE tenant_id = ? ORDER BY lower(name), id", [SQLValue(tenant.id)]
        ).map { try keyManager($0, tenant) }
    }

    func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> KeyManager? {
        try connection.first(
            "SELECT \(Self.columns) FROM key_manager WHERE id = ? AND tenant_id IN (?, ?)",
            [SQLValue(id), SQLValue(tenant.id), SQLValue(KeyManager.everyTenant.id)]
        ).map { try keyManager($0, tenant) }
    }

    /// The tenant's own one wins over a global one.
    func find(name: String, tenant: Tenant, in connection: any SQLConnection) throws -> KeyManager? {
        try connection.query(
            """
            SELECT \(Self.columns) FROM key_manager WHERE lower(name) = lower(?) AND tenant_id IN (?, ?)
            ORDER BY CASE WHEN tenant_id = ? THEN 0 ELSE 1 END
            """,
            [SQLValue(name), SQLValue(tenant.id), SQLValue(KeyManager.everyTenant.id), SQLValue(tenant.id)]
        ).first.map { try keyManager($0, tenant) }
    }

    /// Whether any tenant has a key manager of a name; for the names of global ones.
    func isTaken(_ name: String, in connection: any SQLConnection) throws -> Bool {
        try connection.first("SELECT id FROM key_manager WHERE lower(name) = lower(?) LIMIT 1", [SQLValue(name)]) != nil
    }

    func keys(id: String, in connection: any SQLConnection) throws -> Keys? {
        try connection.first(
            "SELECT key_set, key_set_due, key_set_problem FROM key_manager WHERE id = ?", [SQLValue(id)]
        ).map { row in
            Keys(
                keySet: try row.text("key_set"), due: row.optionalInt("key_set_due").map(Int64.init),
                problem: row.optionalText("key_set_problem"))
        }
    }

    func insert(
        _ manager: KeyManager, keys: Keys, at milliseconds: Int64, in transaction: any SQLTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO key_manager (id, tenant_id, name, type, enabled, issuer, document, secrets, key_set, key_set_due,
                key_set_problem, created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(manager.id), SQLValue(manager.tenant.id), SQLValue(manager.name), SQLValue(manager.type),
                SQLValue(manager.isEnabled), SQLValue(manager.issuer), SQLValue(manager.document.text),
                SQLValue(try sealed(manager)), SQLValue(keys.keySet), SQLValue(keys.due), SQLValue(keys.problem),
                SQLValue(milliseconds), SQLValue(milliseconds), SQLValue(manager.version),
            ])
    }

    func update(
        _ manager: KeyManager, keys: Keys, at milliseconds: Int64, in transaction: any SQLTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE key_manager SET enabled = ?, issuer = ?, document = ?, secrets = ?, key_set = ?, key_set_due = ?,
                key_set_problem = ?, updated_at = ?, version = ? WHERE id = ? AND tenant_id = ?
            """,
            [
                SQLValue(manager.isEnabled), SQLValue(manager.issuer), SQLValue(manager.document.text),
                SQLValue(try sealed(manager)), SQLValue(keys.keySet), SQLValue(keys.due), SQLValue(keys.problem),
                SQLValue(milliseconds), SQLValue(manager.version), SQLValue(manager.id), SQLValue(manager.tenant.id),
            ])
    }

    func setKeys(_ keys: Keys, of id: String, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE key_manager SET key_set = ?, key_set_due = ?, key_set_problem = ? WHERE id = ?",
            [SQLValue(keys.keySet), SQLValue(keys.due), SQLValue(keys.problem), SQLValue(id)])
    }

    func delete(_ manager: KeyManager, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM key_manager WHERE id = ? AND tenant_id = ?", [SQLValue(manager.id), SQLValue(manager.tenant.id)])
    }

    /// Key managers whose keys are to be fetched again, of all tenants; the longest due first.
    func due(before milliseconds: Int64, limit: Int, in connection: any SQLConnection) throws -> [KeyManager] {
        try connection.query(
            """
            SELECT \(Self.columns) FROM key_manager WHERE key_set_due <= ? ORDER BY key_set_due, id LIMIT ?
            """, [SQLValue(milliseconds), SQLValue(limit)]
        ).compactMap { row in
            let tenant = try TenantTable.find(id: try row.int("tenant_id"), in: connection)?.tenant ?? KeyManager.everyTenant
            return try keyManager(row, tenant)
        }
    }

    /// Takes the next fetch for this node; `false` if another one was quicker.
    func claim(_ id: String, until milliseconds: Int64, at now: Int64, in transaction: any SQLTransaction) throws -> Bool {
        try transaction.execute(
            "UPDATE key_manager SET key_set_due = ? WHERE id = ? AND key_set_due <= ?",
            [SQLValue(milliseconds), SQLValue(id), SQLValue(now)]) > 0
    }

    // MARK: Rows

    private func keyManager(_ row: SQLRow, _ tenant: Tenant) throws -> KeyManager {
        let id = try row.text("id")
        let isGlobal = try row.int("tenant_id") == KeyManager.everyTenant.id
        var secrets: [String: String] = [:]
        if let sealed = row.optionalText("secrets") {
            let opened = try JSONValue.parse(try vault.open(sealed, context: Self.context(id)))
            for (name, value) in opened.object ?? JSONObject() { secrets[name] = value.string }
        }
        return KeyManager(
            id: id, tenant: isGlobal ? KeyManager.everyTenant : tenant, name: try row.text("name"),
            type: try row.text("type"), isEnabled: try row.bool("enabled"), issuer: try row.text("issuer"),
            version: try row.int64("version"), document: try JSONValue.parse(try row.text("document")), secrets: secrets)
    }

    private func sealed(_ manager: KeyManager) throws -> String? {
        guard !manager.secrets.isEmpty else { return nil }
        let members = manager.secrets.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        return try vault.seal(JSONValue.object(JSONObject(members)).text, context: Self.context(manager.id))
    }

    private static func context(_ id: String) -> String { "key-manager:\(id)" }
}
