import Documents
import Model
import Storage

/// Whether applications, subscriptions or APIs use a throttling policy.
public enum PolicyUse {
    public static func isUsed(
        _ level: ThrottlingLevel, name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        switch level {
        case .application:
            try connection.first(
                "SELECT id FROM application WHERE tenant_id = ? AND policy = ? LIMIT 1", [.tenant(tenant), .text(name)])
                != nil
        case .subscription:
            try connection.first(
                "SELECT id FROM subscription WHERE tenant_id = ? AND (plan = ? OR requested_plan = ?) LIMIT 1",
                [.tenant(tenant), .text(name), .text(name)]) != nil
        case .advanced: try isAssigned(name, tenant: tenant, in: connection)
        }
    }

    /// Whether an API, or an operation of one, has the advanced policy. Reads every API of the tenant, which is fine for the rare
    /// deletion of a policy.
    private static func isAssigned(_ name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        let rows = try connection.query("SELECT document FROM api WHERE tenant_id = ?", [.tenant(tenant)])
        return try rows.contains { row in
            let api = try JSONValue.parse(try row.text("document"))
            let operations = api["operations"]?.array ?? []
            return api["apiThrottlingPolicy"]?.string == name
                || operations.contains { $0["throttlingPolicy"]?.string == name }
        }
    }
}

extension SQLValue {
    /// The value of a `tenant_id` column.
    static func tenant(_ tenant: Tenant) -> SQLValue { SQLValue(tenant.id) }
}
