import Model
import Storage

/// Whether an API has a context, for rules that name APIs by it.
public enum APIContextUse {
    /// Whether an API of the tenant is served below `context`, which includes the version.
    public static func isUsed(_ context: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS used FROM api WHERE tenant_id = ? AND context = ? LIMIT 1", [SQLValue(tenant.id), .text(context)])
            != nil
    }
}
