import Documents
import Model
import Storage

/// Custom rules of the platform. Only the super tenant sees and changes them; they hold for the APIs of all tenants.
public struct CustomRules: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    private let compiler: CustomRuleCompiler

    public init(changes: ChangeStore, random: RandomSource, users: any NamedUsers) {
        self.changes = changes
        self.random = random
        compiler = CustomRuleCompiler(users: users)
    }

    /// In the order of creation. Throws a 403 for other tenants, as all of these.
    public func list(tenant: Tenant) async throws -> [CustomRule] {
        try Self.check(tenant)
        return try await changes.read { try CustomRuleTable.all(in: $0).map(\.rule) }
    }

    public func find(id: String, tenant: Tenant) async throws -> StoredCustomRule {
        try Self.check(tenant)
        return try await changes.read { try Self.stored(id, in: $0) }
    }

    /// The rule `name`, or `nil`.
    public func find(name: String, tenant: Tenant) async throws -> StoredCustomRule? {
        try Self.check(tenant)
        return try await changes.read { try CustomRuleTable.find(name: name, in: $0) }
    }

    /// Stores `draft` under a new id. Throws a 409 if there is a rule of that name, a 400 if the gateways could not evaluate it.
    public func create(_ draft: CustomRule, _ context: ChangeContext) async throws -> StoredCustomRule {
        try Self.check(context.tenant)
        try ThrottlingPolicyRules.checkName(draft.name)
        var rule = draft
        rule.id = random.uuid()
        let created = rule
        return try await changes.change(context) { transaction in
            if try CustomRuleTable.find(name: created.name, in: transaction) != nil {
                throw CatalogueError.alreadyExists("A custom rule with the name '\(created.name)' already exists")
            }
            let compiled = try compiler.compile(created, in: transaction)
            try CustomRuleTable.insert(created, in: transaction)
            try transaction.audit("create", kind: "customRule", id: created.id, after: created.auditForm)
            transaction.publish(.put(.customRule(compiled)))
            return StoredCustomRule(rule: created, version: 1)
        }
    }

    /// Replaces the rule `id` by `draft`, all but its id and its name.
    public func update(id: String, to draft: CustomRule, _ context: ChangeContext) async throws -> StoredCustomRule {
        try Self.check(context.tenant)
        return try await changes.change(context) { transaction in
            let stored = try Self.stored(id, in: transaction)
            var rule = draft
            rule.id = id
            rule.name = stored.rule.name
            let compiled = try compiler.compile(rule, in: transaction)
            try CustomRuleTable.update(rule, in: transaction)
            try transaction.audit(
                "update", kind: "customRule", id: id, before: stored.rule.auditForm, after: rule.auditForm)
            transaction.publish(.put(.customRule(compiled)))
            return StoredCustomRule(rule: rule, version: stored.version + 1)
        }
    }

    public func delete(id: String, _ context: ChangeContext) async throws {
        try Self.check(context.tenant)
        try await changes.change(context) { transaction in
            let stored = try Self.stored(id, in: transaction)
            try CustomRuleTable.delete(id: id, in: transaction)
            try transaction.audit("delete", kind: "customRule", id: id, before: stored.rule.auditForm)
            transaction.publish(.remove(kind: .customRule, key: id))
        }
    }

    /// Has the gateways recognise a user, made just now, whom rules name: tokens carry the id.
    ///
    /// - Parameter name: `name@domain`.
    public func userWasCreated(_ name: String, in transaction: ChangeTransaction) throws {
        for stored in try CustomRuleTable.all(in: transaction) {
            guard stored.rule.query.lowercased().contains(name.lowercased()) else { continue }
            transaction.publish(.put(.customRule(try compiler.compile(stored.rule, in: transaction))))
        }
    }

    private static func stored(_ id: String, in connection: any SQLConnection) throws -> StoredCustomRule {
        guard let stored = try CustomRuleTable.find(id: id, in: connection) else {
            throw CatalogueError.notFound("Custom Rule", id: id)
        }
        return stored
    }

    private static func check(_ tenant: Tenant) throws {
        guard tenant.isSuper else {
            throw CatalogueError.forbidden(
                "Custom rules hold for all tenants; only administrators of the platform may see and change them")
        }
    }
}

extension CustomRule {
    /// What audit rows say of a rule.
    fileprivate var auditForm: JSONValue {
        ["name": JSONValue(name), "keyTemplate": JSONValue(keyTemplate), "query": JSONValue(query)]
    }
}
