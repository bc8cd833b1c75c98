import Model
import Storage

/// The SQL of what gateways report that do not follow the feed. Every statement is bound to the tenant that a gateway belongs to.
enum GatewayReportTable {
    static func put(_ report: ReportingGateways.Report, owner: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO gateway_report (owner_id, gateway_id, api_id, revision_id, failed, reported_at, message)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (owner_id, gateway_id, api_id) DO UPDATE SET revision_id = excluded.revision_id,
                failed = excluded.failed, reported_at = excluded.reported_at, message = excluded.message
            WHERE gateway_report.reported_at <= excluded.reported_at
            """,
            [
                .tenant(owner), .text(report.gateway), .text(report.apiID), SQLValue(report.revisionID),
                SQLValue(report.isFailure), SQLValue(report.milliseconds), SQLValue(report.message),
            ])
    }

    /// The last reports on an API.
    static func reports(
        ofAPI id: String, in connection: any SQLConnection
    ) throws -> [GatewayIdentity: ReportingGateways.Report] {
        try connection.query("SELECT * FROM gateway_report WHERE api_id = ?", [.text(id)]).reduce(into: [:]) { reports, row in
            let gateway = GatewayIdentity(owner: try row.int("owner_id"), id: try row.text("gateway_id"))
            reports[gateway] = ReportingGateways.Report(
                gateway: gateway.id, apiID: id, revisionID: row.optionalText("revision_id"), isFailure: try row.bool("failed"),
                milliseconds: try row.int64("reported_at"), message: row.optionalText("message"))
        }
    }

    /// Forgets what gateways reported that are forgotten themselves.
    static func deleteOrphans(in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            DELETE FROM gateway_report WHERE NOT EXISTS (SELECT 1 FROM gateway_instance
                WHERE gateway_instance.owner_id = gateway_report.owner_id AND gateway_instance.id = gateway_report.gateway_id)
            """, [])
    }
}
