import ContractRouter
import Documents
import Model
import Operating

/// Lists, creates, switches and deletes deny policies.
struct DenyPolicyHandlers: Sendable {
    let policies: DenyPolicies

    func register(in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        table.handle(contract, "getThrottlingDenyPolicies", list)
        table.handle(contract, "postThrottlingDenyPolicies", create)
        table.handle(contract, "getThrottlingDenyPolicyByConditionid", find)
        table.handle(contract, "patchThrottlingDenyPolicyByConditionid", setActive)
        table.handle(contract, "deleteThrottlingDenyPolicyByConditionid", delete)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let search = try DenyPolicySearch(request.query["query"]?.string ?? "")
        let found = try await policies.list(tenant: request.tenant).filter(search.matches)
        return .ok(.list(found.map(\.json)))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let created = try await policies.create(
            DenyCondition(json: request.json), isActive: request.json["conditionStatus"]?.bool ?? true,
            request.changeContext)
        return .created(created.json, location: "/throttling/deny-policy/\(created.id)")
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        .ok(try await policies.find(id: request.pathParameter("conditionId"), tenant: request.tenant).json)
    }

    private func setActive(_ request: APIRequest) async throws -> APIResponse {
        let changed = try await policies.setActive(
            request.json["conditionStatus"]?.bool ?? true, id: request.pathParameter("conditionId"), request.changeContext)
        return .ok(changed.json)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await policies.delete(id: request.pathParameter("conditionId"), request.changeContext)
        return .noContent
    }
}
