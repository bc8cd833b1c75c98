import Model
import Storage

/// The SQL of gateway tokens.
enum GatewayTokenTable {
    private static let columns =
        "id, tenant_id, tenant_domain, name, environments, tenants, created_by, created_at, used_at"

    static func all(tenant: Tenant, in connection: any SQLConnection) throws -> [GatewayToken] {
        try connection.query(
            "SELECT \(columns) FROM gateway_token WHERE tenant_id = ? ORDER BY lower(name)", [.tenant(tenant)]
        ).map(token)
    }

    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> GatewayToken? {
        try connection.first(
            "SELECT \(columns) FROM gateway_token WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)]
        ).map(token)
    }

    /// The token with this id, whoever's it is, with the keyed hash of its secret: the credential itself says which it is.
    static func presented(id: String, in connection: any SQLConnection) throws -> (token: GatewayToken, hash: String)? {
        try connection.first("SELECT \(columns), hash FROM gateway_token WHERE id = ?", [.text(id)]).map {
            (try token($0), try $0.text("hash"))
        }
    }

    static func contains(name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT id FROM gateway_token WHERE tenant_id = ? AND lower(name) = lower(?)", [.tenant(tenant), .text(name)]
        ) != nil
    }

    static func insert(_ token: GatewayToken, hash: String, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO gateway_token (id, tenant_id, tenant_domain, name, hash, environments, tenants, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(token.id), .tenant(token.tenant), .text(token.tenant.domain), .text(token.name), .text(hash),
                .text(try StoredDocument.text(token.environments)), .text(try StoredDocument.text(token.tenants)),
                .text(token.createdBy), SQLValue(token.createdMilliseconds),
            ])
    }

    static func delete(id: String, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute("DELETE FROM gateway_token WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
    }

    static func noteUse(id: String, at milliseconds: Int64, in transaction: any SQLTransaction) throws {
        try transaction.execute("UPDATE gateway_token SET used_at = ? WHERE id = ?", [SQLValue(milliseconds), .text(id)])
    }

    private static func token(_ row: SQLRow) throws -> GatewayToken {
        GatewayToken(
            id: try row.text("id"), tenant: Tenant(id: try row.int("tenant_id"), domain: try row.text("tenant_domain")),
            name: try row.text("name"), environments: try StoredDocument.value([String].self, try row.text("environments")),
            tenants: try StoredDocument.value([String].self, try row.text("tenants")), createdBy: try row.text("created_by"),
            createdMilliseconds: try row.int64("created_at"), usedMilliseconds: row.optionalInt("used_at").map { Int64($0) })
    }
}
