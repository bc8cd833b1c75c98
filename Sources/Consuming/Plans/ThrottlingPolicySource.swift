import Model
import Storage

/// The throttling policies that consumers may choose; the operating part keeps them.
public protocol ThrottlingPolicySource: Sendable {
    /// The policy `name` of `level`, or `nil`.
    func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy?

    /// All policies of `level`, also those that users are not offered.
    func policies(_ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection) throws -> [ThrottlingPolicy]
}
