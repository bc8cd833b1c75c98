import Model
import Storage

/// What deny policies name, looked up in the capabilities that it belongs to.
public protocol DenyTargets: Sendable {
    /// Whether an API of the tenant has the context, version included.
    func hasAPI(context: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool
    /// The owner, as gateways know the name, of an application; `nil` if no user of the tenant, named without domain and without regard to
    /// case, owns one of the name.
    func owner(
        _ name: String, ofApplication application: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> String?
}
