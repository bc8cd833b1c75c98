import ContractRouter
import Documents
import Model
import Operating

/// Create, read, update and delete custom rules.
struct CustomRuleHandlers: Sendable {
    let rules: CustomRules

    func register(in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        table.handle(contract, "getThrottlingPoliciesCustom", list)
        table.handle(contract, "postThrottlingPoliciesCustom", create)
        table.handle(contract, "getThrottlingPoliciesCustomByRuleid", find)
        table.handle(contract, "putThrottlingPoliciesCustomByRuleid", update)
        table.handle(contract, "deleteThrottlingPoliciesCustomByRuleid", delete)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        .ok(.list(try await rules.list(tenant: request.tenant).map(\.json)))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let created = try await rules.create(CustomRule(json: request.json), request.changeContext)
        return .created(
            created.rule.json, location: "/throttling/policies/custom/\(created.rule.id)", version: created.version)
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let stored = try await rules.find(id: request.pathParameter("ruleId"), tenant: request.tenant)
        return .ok(stored.rule.json, version: stored.version)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let updated = try await rules.update(
            id: request.pathParameter("ruleId"), to: CustomRule(json: request.json), request.changeContext)
        return .ok(updated.rule.json, version: updated.version)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await rules.delete(id: request.pathParameter("ruleId"), request.changeContext)
        return .noContent
    }
}

/// Custom rules as the admin contract shows and takes them.
extension CustomRule {
    init(json: JSONValue) {
        let name = json["policyName"]?.string ?? ""
        self.init(
            id: "", name: name, displayName: json["displayName"]?.string ?? name,
            description: json["description"]?.string ?? "", keyTemplate: json["keyTemplate"]?.string ?? "",
            query: json["siddhiQuery"]?.string ?? "")
    }

    var json: JSONValue {
        [
            "policyId": JSONValue(id), "policyName": JSONValue(name), "displayName": JSONValue(displayName),
            "description": JSONValue(description), "isDeployed": true, "type": "CustomRule",
            "keyTemplate": JSONValue(keyTemplate), "siddhiQuery": JSONValue(query),
        ]
    }

    /// An entry of a search over all levels.
    var details: JSONValue {
        [
            "uuid": JSONValue(id), "policyName": JSONValue(name), "displayName": JSONValue(displayName),
            "description": JSONValue(description), "isDeployed": true, "type": JSONValue(PolicyType.global.rawValue),
        ]
    }
}
