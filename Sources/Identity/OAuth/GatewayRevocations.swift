import Model
import Storage

/// What gateways must refuse although it looks good, and when that may be forgotten.
enum GatewayRevocations {
    /// Publishes a revocation of tokens that the platform keeps no record of.
    static func publish(_ revocation: GatewayRevocation, in change: ChangeTransaction) throws {
        try record(.revocation(revocation), until: revocation.expiresMilliseconds, in: change)
    }

    static func publish(_ rule: GatewayRevocationRule, in change: ChangeTransaction) throws {
        try record(.revocationRule(rule), until: rule.expiresMilliseconds, in: change)
    }

    /// Withdraws what has run out; returns how many.
    static func removeExpired(before milliseconds: Int64, limit: Int, in change: ChangeTransaction) throws -> Int {
        let rows = try change.query(
            "SELECT kind, entity_key FROM gateway_revocation WHERE expires_at < ? LIMIT ?",
            [SQLValue(milliseconds), SQLValue(limit)])
        for row in rows {
            let key = try row.text("entity_key")
            let name = try row.text("kind")
            try change.execute(
                "DELETE FROM gateway_revocation WHERE kind = ? AND entity_key = ?", [SQLValue(name), SQLValue(key)])
            if let kind = GatewayEntity.Kind(rawValue: name) { change.publish(.remove(kind: kind, key: key)) }
        }
        return rows.count
    }

    private static func record(_ entity: GatewayEntity, until milliseconds: Int64, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO gateway_revocation (kind, entity_key, expires_at) VALUES (?, ?, ?)
            ON CONFLICT (kind, entity_key) DO UPDATE SET expires_at = excluded.expires_at
            """, [SQLValue(entity.kind.rawValue), SQLValue(entity.key), SQLValue(milliseconds)])
        change.publish(.put(entity))
    }
}
