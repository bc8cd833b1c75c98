import Model

/// The active deny policies of all tenants.
///
/// A value type that the builder changes; policies are few, so a change rebuilds the tables of one tenant.
struct DenyDirectory: Sendable {
    private var policies: [String: GatewayDenyPolicy] = [:]
    private var tenants: [Int: TenantDenials] = [:]

    /// Whether there is any policy at all: the one thing that requests of an installation without deny policies look at.
    private(set) var isEmpty = true

    var ids: [String] { Array(policies.keys) }

    /// The policies of a tenant, or `nil`.
    func denials(of tenant: Int) -> TenantDenials? { tenants[tenant] }

    mutating func set(_ policy: GatewayDenyPolicy) {
        let former = policies.updateValue(policy, forKey: policy.id)
        rebuild(policy.tenant)
        if let former, former.tenant != policy.tenant { rebuild(former.tenant) }
    }

    mutating func remove(id: String) {
        if let former = policies.removeValue(forKey: id) { rebuild(former.tenant) }
    }

    private mutating func rebuild(_ tenant: Int) {
        let own = policies.values.filter { $0.tenant == tenant }
        tenants[tenant] = own.isEmpty ? nil : TenantDenials(own)
        isEmpty = policies.isEmpty
    }
}
