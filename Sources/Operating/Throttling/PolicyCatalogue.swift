import Model
import Storage

/// Looks throttling policies up inside of other capabilities' transactions.
public struct PolicyCatalogue: Sendable {
    private let offersUnlimited: Bool

    /// - Parameter offersUnlimited: whether the policies without a limit can be chosen. Who has one already keeps it.
    public init(offersUnlimited: Bool = true) { self.offersUnlimited = offersUnlimited }

    /// The policy `name` of `level`, or `nil`.
    public func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy? {
        let policy = try ThrottlingPolicyTable.find(name: name, level: level, tenant: tenant, in: connection)?.policy
        return policy.flatMap { isThere($0) ? $0 : nil }
    }

    /// All policies of `level`, also those that users are not offered.
    public func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [ThrottlingPolicy] {
        try ThrottlingPolicyTable.all(level, tenant: tenant, in: connection).map(\.policy).filter(isThere)
    }

    private func isThere(_ policy: ThrottlingPolicy) -> Bool {
        offersUnlimited || policy.name != ThrottlingPolicy.unlimitedName
    }
}
