import Model
import Storage

/// What makes a deny policy acceptable, and the one form in which equal ones are stored.
struct DenyPolicyRules: Sendable {
    let targets: any DenyTargets
    let users: any NamedUsers

    /// The condition in its stored form. Throws a 400 for a target that does not exist.
    ///
    /// Users need not exist: an administrator may shut out a name before anybody has it.
    func normalized(
        _ condition: DenyCondition, tenant: Tenant, in connection: any SQLConnection
    ) throws -> DenyCondition {
        switch condition {
        case .api(let context):
            guard try targets.hasAPI(context: context, tenant: tenant, in: connection) else {
                throw CatalogueError.denyPolicyWithoutAPI(context)
            }
            return condition
        case .application(let owner, let name):
            let given = Self.withoutDomain(owner, tenant)
            guard let owner = try targets.owner(given, ofApplication: name, tenant: tenant, in: connection) else {
                throw CatalogueError.denyPolicyWithoutApplication("\(given):\(name)")
            }
            return .application(owner: owner, name: name)
        case .user(let name):
            return .user(Self.withoutDomain(name, tenant) + "@" + tenant.domain)
        case .address, .addressRange, .subscription: return condition
        }
    }

    /// What gateways have to know of a policy.
    func gatewayForm(
        _ policy: DenyPolicy, tenant: Tenant, in connection: any SQLConnection
    ) throws -> GatewayDenyPolicy {
        var userID: String?
        if case .user(let name) = policy.condition {
            userID = try users.userID(of: name, in: connection)
        }
        return GatewayDenyPolicy(id: policy.id, tenant: tenant.id, condition: policy.condition, userID: userID)
    }

    private static func withoutDomain(_ name: String, _ tenant: Tenant) -> String {
        let suffix = "@" + tenant.domain
        return name.hasSuffix(suffix) && name.count > suffix.count ? String(name.dropLast(suffix.count)) : name
    }
}
