import ContractRouter
import Documents
import Model
import Operating

/// Create, read, update and delete throttling policies.
struct ThrottlingHandlers: Sendable {
    let policies: ThrottlingPolicies
    let rules: CustomRules

    func register(in table: inout HandlerTable) {
        register(.application, "Application", in: &table)
        register(.subscription, "Subscription", in: &table)
        register(.advanced, "Advanced", in: &table)
        table.handle(AdminHandlers.contract, "throttlingPolicySearch", search)
    }

    /// The five operations of one level; `noun` is how their ids call it.
    private func register(_ level: ThrottlingLevel, _ noun: String, in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        let all = "ThrottlingPolicies\(noun)"
        let one = "ThrottlingPolicies\(noun)ByPolicyid"
        table.handle(contract, "get\(all)") { try await list(level, $0) }
        table.handle(contract, "post\(all)") { try await create(level, $0) }
        table.handle(contract, "get\(one)") { try await find(level, $0) }
        table.handle(contract, "put\(one)") { try await update(level, $0) }
        table.handle(contract, "delete\(one)") { try await delete(level, $0) }
    }

    private func list(_ level: ThrottlingLevel, _ request: APIRequest) async throws -> APIResponse {
        let found = try await policies.list(level, tenant: request.tenant)
        return .ok(.list(found.map(\.infoJSON)))
    }

    private func create(_ level: ThrottlingLevel, _ request: APIRequest) async throws -> APIResponse {
        let draft = try ThrottlingPolicy(json: request.json, level: level)
        let created = try await policies.create(draft, request.changeContext)
        return .created(
            created.policy.json, location: "/throttling/policies/\(level.rawValue)/\(created.policy.id)",
            version: created.version)
    }

    private func find(_ level: ThrottlingLevel, _ request: APIRequest) async throws -> APIResponse {
        let stored = try await policies.find(id: request.pathParameter("policyId"), level: level, tenant: request.tenant)
        return .ok(stored.policy.json, version: stored.version)
    }

    private func update(_ level: ThrottlingLevel, _ request: APIRequest) async throws -> APIResponse {
        let draft = try ThrottlingPolicy(json: request.json, level: level)
        let updated = try await policies.update(id: request.pathParameter("policyId"), to: draft, request.changeContext)
        return .ok(updated.policy.json, version: updated.version)
    }

    private func delete(_ level: ThrottlingLevel, _ request: APIRequest) async throws -> APIResponse {
        try await policies.delete(id: request.pathParameter("policyId"), level: level, request.changeContext)
        return .noContent
    }

    /// `query` is empty or `type:` with one of `all`, `sub`, `app`, `api`, `global`.
    private func search(_ request: APIRequest) async throws -> APIResponse {
        let query = request.query["query"]?.string ?? ""
        let type = query.split(separator: ":", maxSplits: 1).last.map(String.init) ?? "all"
        let wanted = try PolicyType(filter: type)
        let found = try await policies.list(nil, tenant: request.tenant)
        var details = found.filter { wanted?.level.contains($0.level) ?? true }.map(\.details)
        // Custom rules belong to the platform; other tenants' administrators find none.
        if wanted == nil || wanted == .global, request.tenant.isSuper {
            details += try await rules.list(tenant: request.tenant).map(\.details)
        }
        return .ok(.list(details))
    }
}

/// The short words for levels in searches and archives.
enum PolicyType: String, CaseIterable {
    case subscription = "sub"
    case application = "app"
    case advanced = "api"
    /// Custom rules.
    case global

    /// `nil` for `all`. Throws for an unknown word.
    init?(filter: String) throws {
        if filter == "all" || filter.isEmpty { return nil }
        guard let type = PolicyType(rawValue: filter) else { throw CatalogueError.unsupportedPolicyLevel }
        self = type
    }

    init(_ level: ThrottlingLevel) {
        switch level {
        case .application: self = .application
        case .subscription: self = .subscription
        case .advanced: self = .advanced
        }
    }

    /// Empty for custom rules.
    var level: [ThrottlingLevel] { ThrottlingLevel.allCases.filter { PolicyType($0) == self } }
}

extension JSONValue {
    /// `{count, list}`, the lists of this contract that have no pages.
    static func list(_ items: [JSONValue]) -> JSONValue {
        ["count": JSONValue(items.count), "list": .array(items)]
    }
}
