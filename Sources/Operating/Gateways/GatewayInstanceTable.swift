import Model
import Storage

/// The SQL of gateway processes. A gateway belongs to the tenant whose token it uses, so ids of different tenants never meet.
enum GatewayInstanceTable {
    /// Every row that may concern a tenant: its own gateways, and the super tenant's.
    static func all(for tenant: Tenant, in connection: any SQLConnection) throws -> [GatewayInstance] {
        try connection.query(
            "SELECT * FROM gateway_instance WHERE owner_id = ? OR owner_id = ? ORDER BY id, owner_id",
            [.tenant(tenant), .tenant(.superTenant)]
        ).map(instance)
    }

    /// Gateways whose feed is open, wherever, with a sign of life after `milliseconds`, that have not acknowledged `sequence`.
    static func behind(
        _ sequence: Int64, activeAfter milliseconds: Int64, in connection: any SQLConnection
    ) throws -> [(gateway: GatewayIdentity, acknowledged: Int64)] {
        try connection.query(
            """
            SELECT owner_id, id, acknowledged FROM gateway_instance
            WHERE connected = 1 AND active_at > ? AND acknowledged < ?
            """, [SQLValue(milliseconds), SQLValue(sequence)]
        ).map { (GatewayIdentity(owner: try $0.int("owner_id"), id: try $0.text("id")), try $0.int64("acknowledged")) }
    }

    static func put(_ instance: GatewayInstance, session: String, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO gateway_instance (owner_id, id, owner_domain, token, session, environments, tenants, host, version,
                started_at, active_at, connected, acknowledged, failures)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (owner_id, id) DO UPDATE SET token = excluded.token, session = excluded.session,
                environments = excluded.environments, tenants = excluded.tenants, host = excluded.host,
                version = excluded.version, started_at = excluded.started_at, active_at = excluded.active_at,
                connected = excluded.connected, acknowledged = excluded.acknowledged, failures = excluded.failures
            """,
            [
                .tenant(instance.owner), .text(instance.id), .text(instance.owner.domain), SQLValue(instance.token),
                .text(session), .text(try StoredDocument.text(instance.environments)),
                .text(try StoredDocument.text(instance.tenants)), .text(instance.host), .text(instance.version),
                SQLValue(instance.startedMilliseconds), SQLValue(instance.activeMilliseconds), SQLValue(instance.isConnected),
                SQLValue(instance.acknowledged), .text(try StoredDocument.text(instance.failures)),
            ])
    }

    /// Notes a sign of life of the session; what was acknowledged never goes back, in whatever order signs are written. Returns whether the session is the gateway's current one.
    static func touch(
        _ gateway: GatewayIdentity, session: String, _ sign: GatewaySign, in transaction: any SQLTransaction
    ) throws -> Bool {
        let failures = try sign.failures.map { try StoredDocument.text($0) }
        return try transaction.execute(
            """
            UPDATE gateway_instance SET active_at = ?, connected = ?, failures = coalesce(?, failures),
                acknowledged = CASE WHEN acknowledged < ? THEN ? ELSE acknowledged END
            WHERE owner_id = ? AND id = ? AND session = ?
            """,
            [
                SQLValue(sign.milliseconds), SQLValue(sign.isConnected), SQLValue(failures),
                SQLValue(sign.acknowledged ?? 0), SQLValue(sign.acknowledged ?? 0), SQLValue(gateway.owner), .text(gateway.id),
                .text(session),
            ]) == 1
    }

    /// The session of a gateway; `nil` for one that is not there.
    static func session(ofGateway id: String, owner: Tenant, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT session FROM gateway_instance WHERE owner_id = ? AND id = ?", [.tenant(owner), .text(id)]
        )?.text("session")
    }

    static func deleteSilent(since milliseconds: Int64, in transaction: any SQLTransaction) throws {
        try transaction.execute("DELETE FROM gateway_instance WHERE active_at < ?", [SQLValue(milliseconds)])
    }

    private static func instance(_ row: SQLRow) throws -> GatewayInstance {
        GatewayInstance(
            id: try row.text("id"), owner: Tenant(id: try row.int("owner_id"), domain: try row.text("owner_domain")),
            token: row.optionalText("token"),
            environments: try StoredDocument.value([String].self, try row.text("environments")),
            tenants: try StoredDocument.value([String].self, try row.text("tenants")), host: try row.text("host"),
            version: try row.text("version"), startedMilliseconds: try row.int64("started_at"),
            activeMilliseconds: try row.int64("active_at"), isConnected: try row.bool("connected"),
            acknowledged: try row.int64("acknowledged"),
            failures: try StoredDocument.value([GatewayInstance.Failure].self, try row.text("failures")))
    }
}
