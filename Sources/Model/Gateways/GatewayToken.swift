/// A credential with which gateways read the feed. Any number of gateways may share one.
public struct GatewayToken: Sendable, Hashable {
    public var id: String
    /// Whose administrators made it. Only the super tenant's tokens reach other tenants.
    public var tenant: Tenant
    /// Unique in the tenant.
    public var name: String
    /// Environments that gateways with this token may serve; empty for all.
    public var environments: [String]
    /// Domains of the tenants that they may load; empty for all that ``tenant`` may see.
    public var tenants: [String]
    /// The user who made it, `name@domain`.
    public var createdBy: String
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// When a gateway last connected with it.
    public var usedMilliseconds: Int64?

    public init(
        id: String, tenant: Tenant, name: String, environments: [String], tenants: [String], createdBy: String,
        createdMilliseconds: Int64, usedMilliseconds: Int64? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.environments = environments
        self.tenants = tenants
        self.createdBy = createdBy
        self.createdMilliseconds = createdMilliseconds
        self.usedMilliseconds = usedMilliseconds
    }
}
