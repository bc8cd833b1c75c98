import Model
import Storage

/// The SQL of deny policies. Every statement is bound to one tenant.
enum DenyPolicyTable {
    static func all(tenant: Tenant, in connection: any SQLConnection) throws -> [DenyPolicy] {
        try connection.query("SELECT * FROM deny_policy WHERE tenant_id = ? ORDER BY number", [.tenant(tenant)]).map(policy)
    }

    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> DenyPolicy? {
        try connection.first("SELECT * FROM deny_policy WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
            .map(policy)
    }

    /// Whether the tenant has a policy with the same condition.
    static func contains(_ condition: DenyCondition, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT id FROM deny_policy WHERE tenant_id = ? AND condition = ?",
            [.tenant(tenant), .text(try StoredDocument.text(condition))]) != nil
    }

    static func nextNumber(tenant: Tenant, in connection: any SQLConnection) throws -> Int {
        let row = try connection.first(
            "SELECT COALESCE(MAX(number), 0) AS highest FROM deny_policy WHERE tenant_id = ?", [.tenant(tenant)])
        return (try row?.int("highest") ?? 0) + 1
    }

    static func insert(_ policy: DenyPolicy, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "INSERT INTO deny_policy (id, tenant_id, number, condition, is_active) VALUES (?, ?, ?, ?, ?)",
            [
                .text(policy.id), .tenant(tenant), SQLValue(policy.number), .text(try StoredDocument.text(policy.condition)),
                SQLValue(policy.isActive),
            ])
    }

    static func setActive(_ isActive: Bool, id: String, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE deny_policy SET is_active = ? WHERE tenant_id = ? AND id = ?",
            [SQLValue(isActive), .tenant(tenant), .text(id)])
    }

    static func delete(id: String, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute("DELETE FROM deny_policy WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
    }

    private static func policy(_ row: SQLRow) throws -> DenyPolicy {
        DenyPolicy(
            id: try row.text("id"), number: try row.int("number"),
            condition: try StoredDocument.value(DenyCondition.self, try row.text("condition")),
            isActive: try row.bool("is_active"))
    }
}
