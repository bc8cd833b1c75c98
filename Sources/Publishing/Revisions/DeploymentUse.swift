import Model
import Storage

/// Whether something is deployed somewhere, for those who want to delete the somewhere.
public enum DeploymentUse {
    /// Whether any revision of the tenant is deployed to the environment `name`.
    public static func isUsed(environment name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS used FROM api_deployment WHERE tenant_id = ? AND lower(environment) = lower(?) LIMIT 1",
            [SQLValue(tenant.id), .text(name)]) != nil
    }

    /// Whether gateway policies of the tenant are deployed to the environment `name`.
    public static func hasPolicies(environment name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS used FROM gateway_policy_deployment WHERE tenant_id = ? AND lower(environment) = lower(?) LIMIT 1",
            [SQLValue(tenant.id), .text(name)]) != nil
    }
}
