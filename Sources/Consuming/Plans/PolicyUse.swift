import Model
import Storage

/// Whether applications or subscriptions use a throttling policy.
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
        case .advanced: false
        }
    }
}

extension SQLValue {
    /// The value of a `tenant_id` column.
    static func tenant(_ tenant: Tenant) -> SQLValue { SQLValue(tenant.id) }
}
