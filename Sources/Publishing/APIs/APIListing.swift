import Model
import Storage

/// The APIs of a tenant in short, for capabilities that refer to them.
public enum APIListing {
    /// In the order of creation.
    public static func all(tenant: Tenant, in connection: any SQLConnection) throws -> [(id: String, context: String)] {
        try connection.query(
            "SELECT id, context FROM api WHERE tenant_id = ? ORDER BY number", [SQLValue(tenant.id)]
        ).map { (try $0.text("id"), try $0.text("context")) }
    }

    /// `nil` for ids of other tenants too.
    public static func context(ofAPI id: String, tenant: Tenant, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT context FROM api WHERE tenant_id = ? AND id = ?", [SQLValue(tenant.id), .text(id)]
        )?.text("context")
    }

    /// Whether the API has an operation.
    public static func hasOperation(
        verb: String, target: String, ofAPI id: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        let operations = try APIStore.find(id, tenant: tenant.id, in: connection)?.document["operations"]?.array ?? []
        return operations.contains { $0["verb"]?.string?.uppercased() == verb && $0["target"]?.string == target }
    }
}
