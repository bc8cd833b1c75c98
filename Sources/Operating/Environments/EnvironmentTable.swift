import Model
import Storage

/// The SQL of gateway environments that administrators made. Every statement is bound to one tenant.
///
/// The document is sealed, because the settings of a connector hold credentials.
struct EnvironmentTable {
    /// Where sealed text is, for the rotation of the vault's key.
    static let sealedColumn = SealedColumn(
        table: "gateway_environment", id: "id", column: "document", context: "gateway-environment")

    let vault: Vault

    func all(tenant: Tenant, in connection: any SQLConnection) throws -> [GatewayEnvironment] {
        try connection.query(
            "SELECT id, document FROM gateway_environment WHERE tenant_id = ? ORDER BY lower(name)", [.tenant(tenant)]
        ).map(environment)
    }

    func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> GatewayEnvironment? {
        try connection.first(
            "SELECT id, document FROM gateway_environment WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)]
        ).map(environment)
    }

    func contains(name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT id FROM gateway_environment WHERE tenant_id = ? AND lower(name) = lower(?)", [.tenant(tenant), .text(name)]
        ) != nil
    }

    func insert(_ environment: GatewayEnvironment, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "INSERT INTO gateway_environment (id, tenant_id, name, document, version) VALUES (?, ?, ?, ?, 1)",
            [.text(environment.id), .tenant(tenant), .text(environment.name), .text(try sealed(environment))])
    }

    func update(_ environment: GatewayEnvironment, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE gateway_environment SET document = ?, version = version + 1 WHERE tenant_id = ? AND id = ?",
            [.text(try sealed(environment)), .tenant(tenant), .text(environment.id)])
    }

    func delete(id: String, tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM gateway_environment WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
    }

    private func sealed(_ environment: GatewayEnvironment) throws -> String {
        try vault.seal(try StoredDocument.text(environment), context: Self.context(environment.id))
    }

    private func environment(_ row: SQLRow) throws -> GatewayEnvironment {
        let document = try vault.open(try row.text("document"), context: Self.context(try row.text("id")))
        return try StoredDocument.value(GatewayEnvironment.self, document)
    }

    private static func context(_ id: String) -> String { "\(sealedColumn.context):\(id)" }
}
