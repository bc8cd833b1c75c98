import Model
import Storage

/// Looks gateway environments up inside of other capabilities' transactions.
public struct EnvironmentCatalogue: Sendable {
    let table: EnvironmentTable
    /// From the configuration file; they belong to every tenant.
    let configured: [GatewayEnvironment]

    public init(configured: [GatewayEnvironment], vault: Vault) {
        self.configured = configured
        table = EnvironmentTable(vault: vault)
    }

    /// Those of the configuration file first.
    public func environments(tenant: Tenant, in connection: any SQLConnection) throws -> [GatewayEnvironment] {
        try configured + table.all(tenant: tenant, in: connection)
    }

    /// The environment `name`, or `nil`. Names compare without case.
    public func environment(
        named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> GatewayEnvironment? {
        try environments(tenant: tenant, in: connection).first { $0.name.lowercased() == name.lowercased() }
    }
}
