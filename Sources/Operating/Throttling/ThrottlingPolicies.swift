import Documents
import Model
import Storage

/// Throttling policies of a tenant: administrators define them, publishers and subscribers choose them, gateways apply them.
public struct ThrottlingPolicies: Sendable {
    /// Whether something uses a policy, which then cannot be deleted. Each capability that assigns policies brings one.
    public typealias Use =
        @Sendable (
            _ level: ThrottlingLevel, _ name: String, _ tenant: Tenant, _ connection: any SQLConnection
        ) throws -> Bool

    private let changes: ChangeStore
    private let random: RandomSource
    private let uses: [Use]

    public init(changes: ChangeStore, random: RandomSource, uses: [Use]) {
        self.changes = changes
        self.random = random
        self.uses = uses
    }

    /// In the order of creation; of all levels without `level`.
    public func list(_ level: ThrottlingLevel?, tenant: Tenant) async throws -> [ThrottlingPolicy] {
        try await changes.read { try ThrottlingPolicyTable.all(level, tenant: tenant, in: $0).map(\.policy) }
    }

    /// Throws a 404 for ids of other levels and tenants too.
    public func find(id: String, level: ThrottlingLevel, tenant: Tenant) async throws -> StoredThrottlingPolicy {
        try await changes.read { try Self.stored(id: id, level: level, tenant: tenant, in: $0) }
    }

    /// The policy `name`, or `nil`.
    public func find(name: String, level: ThrottlingLevel, tenant: Tenant) async throws -> ThrottlingPolicy? {
        try await changes.read { try ThrottlingPolicyTable.find(name: name, level: level, tenant: tenant, in: $0)?.policy }
    }

    /// Stores `draft` under a new id. Throws a 409 if the level has a policy of that name.
    public func create(_ draft: ThrottlingPolicy, _ context: ChangeContext) async throws -> StoredThrottlingPolicy {
        try ThrottlingPolicyRules.check(draft)
        let id = random.uuid()
        return try await changes.change(context) { transaction in
            let tenant = context.tenant
            if try ThrottlingPolicyTable.find(name: draft.name, level: draft.level, tenant: tenant, in: transaction) != nil {
                throw CatalogueError.throttlingPolicyExists(draft.name, level: draft.level)
            }
            var policy = draft
            policy.id = id
            policy.number = try ThrottlingPolicyTable.nextNumber(tenant: tenant, in: transaction)
            try ThrottlingPolicyTable.insert(policy, tenant: tenant, in: transaction)
            try transaction.audit("create", kind: "throttlingPolicy", id: id, after: policy.auditForm)
            transaction.publish(.put(.policy(GatewayPolicy(policy, tenant: tenant))))
            return StoredThrottlingPolicy(policy: policy, version: 1)
        }
    }

    /// Replaces the policy `id` by `draft`, all but its id and its name.
    public func update(id: String, to draft: ThrottlingPolicy, _ context: ChangeContext) async throws -> StoredThrottlingPolicy
    {
        try await changes.change(context) { transaction in
            let tenant = context.tenant
            let stored = try Self.stored(id: id, level: draft.level, tenant: tenant, in: transaction)
            var policy = draft
            policy.id = stored.policy.id
            policy.number = stored.policy.number
            policy.name = stored.policy.name
            try ThrottlingPolicyRules.check(policy)
            try ThrottlingPolicyRules.checkUpdate(of: stored.policy, to: policy)
            try ThrottlingPolicyTable.update(policy, tenant: tenant, in: transaction)
            try transaction.audit(
                "update", kind: "throttlingPolicy", id: id, before: stored.policy.auditForm, after: policy.auditForm)
            transaction.publish(.put(.policy(GatewayPolicy(policy, tenant: tenant))))
            return StoredThrottlingPolicy(policy: policy, version: stored.version + 1)
        }
    }

    /// Throws a 403 or 409 while the policy is in use.
    public func delete(id: String, level: ThrottlingLevel, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            let tenant = context.tenant
            let policy = try Self.stored(id: id, level: level, tenant: tenant, in: transaction).policy
            try checkUnused(policy, tenant: tenant, in: transaction)
            try ThrottlingPolicyTable.delete(policy, tenant: tenant, in: transaction)
            try transaction.audit("delete", kind: "throttlingPolicy", id: id, before: policy.auditForm)
            let entity = GatewayEntity.policy(GatewayPolicy(policy, tenant: tenant))
            transaction.publish(.remove(kind: .policy, key: entity.key))
        }
    }

    private static func stored(
        id: String, level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> StoredThrottlingPolicy {
        guard let stored = try ThrottlingPolicyTable.find(id: id, level: level, tenant: tenant, in: connection) else {
            throw CatalogueError.notFound("Throttling Policy", id: id)
        }
        return stored
    }

    private func checkUnused(_ policy: ThrottlingPolicy, tenant: Tenant, in connection: any SQLConnection) throws {
        // The platform assigns these by itself, so they are always in use.
        let isAssigned = policy.name == ThrottlingPolicy.unlimitedName || !policy.isOffered
        guard try isAssigned || uses.contains(where: { try $0(policy.level, policy.name, tenant, connection) }) else { return }
        throw policy.level == .advanced
            ? CatalogueError.advancedPolicyInUse(policy.name) : CatalogueError.throttlingPolicyInUse(policy.name)
    }
}

extension ThrottlingPolicy {
    /// What audit rows say of a policy.
    fileprivate var auditForm: JSONValue {
        [
            "name": JSONValue(name), "level": JSONValue(level.rawValue), "limit": JSONValue("\(limit.quota)"),
            "unitTime": JSONValue(limit.unitTime), "timeUnit": JSONValue(limit.timeUnit.text),
        ]
    }
}
