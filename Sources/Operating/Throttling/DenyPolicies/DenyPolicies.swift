import Documents
import Model
import Storage

/// Deny policies of a tenant. A change is live on the gateways when it is answered.
public struct DenyPolicies: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    private let rules: DenyPolicyRules

    public init(changes: ChangeStore, random: RandomSource, targets: any DenyTargets, users: any NamedUsers) {
        self.changes = changes
        self.random = random
        rules = DenyPolicyRules(targets: targets, users: users)
    }

    /// In the order of creation.
    public func list(tenant: Tenant) async throws -> [DenyPolicy] {
        try await changes.read { try DenyPolicyTable.all(tenant: tenant, in: $0) }
    }

    /// Throws a 404 for ids of other tenants too.
    public func find(id: String, tenant: Tenant) async throws -> DenyPolicy {
        try await changes.read { try Self.stored(id, tenant: tenant, in: $0) }
    }

    /// Throws a 409 if the tenant has a policy with the same condition, a 400 if its target does not exist.
    public func create(
        _ condition: DenyCondition, isActive: Bool, _ context: ChangeContext
    ) async throws -> DenyPolicy {
        let id = random.uuid()
        let tenant = context.tenant
        return try await changes.change(context) { transaction in
            let condition = try rules.normalized(condition, tenant: tenant, in: transaction)
            if try DenyPolicyTable.contains(condition, tenant: tenant, in: transaction) {
                throw CatalogueError.denyPolicyExists(condition.kind.rawValue)
            }
            let number = try DenyPolicyTable.nextNumber(tenant: tenant, in: transaction)
            let policy = DenyPolicy(id: id, number: number, condition: condition, isActive: isActive)
            try DenyPolicyTable.insert(policy, tenant: tenant, in: transaction)
            try transaction.audit("create", kind: "denyPolicy", id: id, after: policy.auditForm)
            try publish(policy, in: transaction)
            return policy
        }
    }

    /// Switches a policy on or off. Throws a 404 for ids of other tenants too.
    public func setActive(_ isActive: Bool, id: String, _ context: ChangeContext) async throws -> DenyPolicy {
        try await changes.change(context) { transaction in
            let stored = try Self.stored(id, tenant: context.tenant, in: transaction)
            var policy = stored
            policy.isActive = isActive
            try DenyPolicyTable.setActive(isActive, id: id, tenant: context.tenant, in: transaction)
            try transaction.audit(
                "update", kind: "denyPolicy", id: id, before: stored.auditForm, after: policy.auditForm)
            try publish(policy, in: transaction)
            return policy
        }
    }

    public func delete(id: String, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            let policy = try Self.stored(id, tenant: context.tenant, in: transaction)
            try DenyPolicyTable.delete(id: id, tenant: context.tenant, in: transaction)
            try transaction.audit("delete", kind: "denyPolicy", id: id, before: policy.auditForm)
            transaction.publish(.remove(kind: .denyPolicy, key: id))
        }
    }

    /// Has the gateways recognise a user of the change's tenant, made just now, by the policies about the name: tokens carry the id.
    ///
    /// - Parameter name: `name@domain`.
    public func userWasCreated(_ name: String, in transaction: ChangeTransaction) throws {
        for policy in try DenyPolicyTable.all(tenant: transaction.context.tenant, in: transaction) where policy.isActive {
            guard case .user(let denied) = policy.condition, denied.lowercased() == name.lowercased() else { continue }
            try publish(policy, in: transaction)
        }
    }

    private func publish(_ policy: DenyPolicy, in transaction: ChangeTransaction) throws {
        guard policy.isActive else { return transaction.publish(.remove(kind: .denyPolicy, key: policy.id)) }
        let entity = try rules.gatewayForm(policy, tenant: transaction.context.tenant, in: transaction)
        transaction.publish(.put(.denyPolicy(entity)))
    }

    private static func stored(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> DenyPolicy {
        guard let policy = try DenyPolicyTable.find(id: id, tenant: tenant, in: connection) else {
            throw CatalogueError.notFound("Deny Policy", id: id)
        }
        return policy
    }
}

extension DenyPolicy {
    /// What audit rows say of a policy.
    fileprivate var auditForm: JSONValue {
        ["type": JSONValue(condition.kind.rawValue), "condition": JSONValue("\(condition)"), "active": JSONValue(isActive)]
    }
}
