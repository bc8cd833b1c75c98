import Model
import Storage

/// The SQL of API logs. Every statement is bound to one tenant. An empty verb and target stand for all operations.
enum APILogTable {
    static func all(tenant: Tenant, in connection: any SQLConnection) throws -> [(apiID: String, rule: APILogRule)] {
        try connection.query(
            "SELECT * FROM api_log WHERE tenant_id = ? ORDER BY api_id, target, verb", [.tenant(tenant)]
        ).map { (try $0.text("api_id"), try rule($0)) }
    }

    static func rules(ofAPI id: String, tenant: Tenant, in connection: any SQLConnection) throws -> [APILogRule] {
        try connection.query(
            "SELECT * FROM api_log WHERE tenant_id = ? AND api_id = ? ORDER BY target, verb", [.tenant(tenant), .text(id)]
        ).map(rule)
    }

    /// Replaces the rule for the same operation. One that says that nothing is logged is kept for operations, whose API may be logged.
    static func set(_ rule: APILogRule, apiID: String, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO api_log (tenant_id, api_id, verb, target, level) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, api_id, verb, target) DO UPDATE SET level = excluded.level
            """,
            [
                .tenant(tenant), .text(apiID), .text(rule.verb ?? ""), .text(rule.target ?? ""), .text(rule.level.rawValue),
            ])
    }

    private static func rule(_ row: SQLRow) throws -> APILogRule {
        let (verb, target) = (try row.text("verb"), try row.text("target"))
        return APILogRule(
            verb: verb.isEmpty ? nil : verb, target: target.isEmpty ? nil : target,
            level: APILogLevel(rawValue: try row.text("level")) ?? .off)
    }
}
