import Model
import Storage

/// Looks throttling policies up inside of other capabilities' transactions.
public struct PolicyCatalogue: Sendable {
    public init() {}

    /// The policy `name` of `level`, or `nil`.
    public func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy? {
        try ThrottlingPolicyTable.find(name: name, level: level, tenant: tenant, in: connection)?.policy
    }

    /// All policies of `level`, also those that users are not offered.
    public func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [ThrottlingPolicy] {
        try ThrottlingPolicyTable.all(level, tenant: tenant, in: connection).map(\.policy)
    }
}
