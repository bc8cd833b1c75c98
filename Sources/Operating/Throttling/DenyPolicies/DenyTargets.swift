import Model
import Storage

/// What deny policies name, looked up in the capabilities that it belongs to.
public protocol DenyTargets: Sendable {
    /// Whether an API of the tenant has the context, version included.
    func hasAPI(context: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool
    /// Whether a user of the tenant, named without domain, owns an application of the name.
    func hasApplication(owner: String, name: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool
}
