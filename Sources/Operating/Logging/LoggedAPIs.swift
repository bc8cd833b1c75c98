import Model
import Storage

/// An API whose calls can be logged.
public struct LoggedAPI: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// Path prefix with the version, for instance `/pizza/1.0.0`.
    public var context: String

    public init(id: String, context: String) {
        self.id = id
        self.context = context
    }
}

/// The APIs of tenants, looked up in the capability that they belong to.
public protocol LoggedAPIs: Sendable {
    /// In the order of creation.
    func all(tenant: Tenant, in connection: any SQLConnection) throws -> [LoggedAPI]
    /// `nil` for ids of other tenants too.
    func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> LoggedAPI?
    /// Whether the API has an operation now.
    func hasOperation(
        verb: String, target: String, apiID: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool
}
