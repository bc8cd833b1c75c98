import Model
import Storage

/// A policy as stored, with the row's version.
public struct StoredThrottlingPolicy: Sendable, Hashable {
    public var policy: ThrottlingPolicy
    public var version: Int64
}

/// The SQL of throttling policies. Every statement is bound to one tenant.
enum ThrottlingPolicyTable {
    static func all(_ level: ThrottlingLevel?, tenant: Tenant, in connection: any SQLConnection) throws
        -> [StoredThrottlingPolicy]
    {
        let rows =
            if let level {
                try connection.query(
                    "SELECT document, version FROM throttling_policy WHERE tenant_id = ? AND level = ? ORDER BY number",
                    [.tenant(tenant), .text(level.rawValue)])
            } else {
                try connection.query(
                    "SELECT document, version FROM throttling_policy WHERE tenant_id = ? ORDER BY number", [.tenant(tenant)])
            }
        return try rows.map(policy)
    }

    static func find(
        id: String, level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> StoredThrottlingPolicy? {
        try connection.first(
            "SELECT document, version FROM throttling_policy WHERE tenant_id = ? AND level = ? AND id = ?",
            [.tenant(tenant), .text(level.rawValue), .text(id)]
        ).map(policy)
    }

    static func find(
        name: String, level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> StoredThrottlingPolicy? {
        try connection.first(
            "SELECT document, version FROM throttling_policy WHERE tenant_id = ? AND level = ? AND name = ?",
            [.tenant(tenant), .text(level.rawValue), .text(name)]
        ).map(policy)
    }

    /// The number after the highest one of the tenant.
    static func nextNumber(tenant: Tenant, in connection: any SQLConnection) throws -> Int {
        let row = try connection.first(
            "SELECT COALESCE(MAX(number), 0) AS highest FROM throttling_policy WHERE tenant_id = ?", [.tenant(tenant)])
        return (try row?.int("highest") ?? 0) + 1
    }

    static func insert(_ policy: ThrottlingPolicy, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO throttling_policy (id, tenant_id, number, level, name, document, version)
            VALUES (?, ?, ?, ?, ?, ?, 1)
            """,
            [
                .text(policy.id), .tenant(tenant), SQLValue(policy.number), .text(policy.level.rawValue),
                .text(policy.name), .text(try StoredDocument.text(policy)),
            ])
    }

    static func update(_ policy: ThrottlingPolicy, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE throttling_policy SET document = ?, version = version + 1 WHERE tenant_id = ? AND id = ?",
            [.text(try StoredDocument.text(policy)), .tenant(tenant), .text(policy.id)])
    }

    static func delete(_ policy: ThrottlingPolicy, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM throttling_policy WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(policy.id)])
    }

    private static func policy(_ row: SQLRow) throws -> StoredThrottlingPolicy {
        StoredThrottlingPolicy(
            policy: try StoredDocument.value(ThrottlingPolicy.self, try row.text("document")),
            version: try row.int64("version"))
    }
}

extension SQLValue {
    /// The value of a `tenant_id` column.
    static func tenant(_ tenant: Tenant) -> SQLValue { SQLValue(tenant.id) }
}
