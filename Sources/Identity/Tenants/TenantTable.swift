import Model
import Storage

/// SQL of the table `tenant`. Deleted tenants stay as rows, so that their number is never given again.
enum TenantTable {
    private static let columns = "id, uuid, domain, name, active, owner_id, created_at"

    static func find(domain: String, in connection: any SQLConnection) throws -> TenantRecord? {
        try one("lower(domain) = lower(?)", SQLValue(domain), connection)
    }

    static func find(uuid: String, in connection: any SQLConnection) throws -> TenantRecord? {
        try one("uuid = ?", SQLValue(uuid), connection)
    }

    static func find(id: Int, in connection: any SQLConnection) throws -> TenantRecord? {
        try one("id = ?", SQLValue(id), connection)
    }

    private static func one(_ condition: String, _ value: SQLValue, _ connection: any SQLConnection) throws -> TenantRecord? {
        try connection.first("SELECT \(columns) FROM tenant WHERE deleted_at IS NULL AND \(condition)", [value])
            .map(TenantRecord.init)
    }

    /// All tenants but the super tenant whose domain has the given form, in order of their numbers.
    static func list(domainLike pattern: SQLValue?, limit: Int, offset: Int, in connection: any SQLConnection) throws
        -> [TenantRecord]
    {
        let condition = pattern == nil ? "" : "AND lower(domain) LIKE ? ESCAPE '!'"
        return try connection.query(
            "SELECT \(columns) FROM tenant WHERE deleted_at IS NULL AND id > 0 \(condition) ORDER BY id LIMIT ? OFFSET ?",
            (pattern.map { [$0] } ?? []) + [SQLValue(limit), SQLValue(offset)]
        ).map(TenantRecord.init)
    }

    static func count(domainLike pattern: SQLValue?, in connection: any SQLConnection) throws -> Int {
        let condition = pattern == nil ? "" : "AND lower(domain) LIKE ? ESCAPE '!'"
        return try connection.first(
            "SELECT count(*) AS total FROM tenant WHERE deleted_at IS NULL AND id > 0 \(condition)", pattern.map { [$0] } ?? []
        )?.int("total") ?? 0
    }

    static func insert(_ tenant: Tenant, uuid: String, name: String, at milliseconds: Int64, in transaction: any SQLTransaction)
        throws
    {
        try transaction.execute(
            "INSERT INTO tenant (id, uuid, domain, name, active, owner_id, created_at) VALUES (?, ?, ?, ?, 1, NULL, ?)",
            [SQLValue(tenant.id), SQLValue(uuid), SQLValue(tenant.domain), SQLValue(name), SQLValue(milliseconds)])
    }

    static func setOwner(_ userID: String, of tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute("UPDATE tenant SET owner_id = ? WHERE id = ?", [SQLValue(userID), SQLValue(tenant.id)])
    }

    static func setActive(_ active: Bool, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute("UPDATE tenant SET active = ? WHERE id = ?", [SQLValue(active), SQLValue(tenant.id)])
    }

    static func markDeleted(_ tenant: Tenant, at milliseconds: Int64, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE tenant SET active = 0, deleted_at = ? WHERE id = ?", [SQLValue(milliseconds), SQLValue(tenant.id)])
    }
}
