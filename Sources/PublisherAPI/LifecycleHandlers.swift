import ContractRouter
import Documents
import Model
import Publishing

/// The lifecycle of APIs, or of products.
struct LifecycleHandlers: Sendable {
    let family: OperationFamily
    let lifecycle: LifecycleService

    func register(in table: inout HandlerTable) {
        table.publisher(family.operation(api: "changeAPILifecycle", product: "changeAPIProductLifecycle"), change)
        table.publisher(family.operation(api: "getAPILifecycleState", product: "getAPIProductLifecycleState"), state)
        table.publisher(family.operation(api: "getAPILifecycleHistory", product: "getAPIProductLifecycleHistory"), history)
        table.publisher(
            family.operation(api: "deleteAPILifecycleStatePendingTasks", product: "deleteAPIProductLifecycleStatePendingTasks"),
            withdraw)
    }

    private func change(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let status = try await lifecycle.perform(
            request.queryText("action"), onAPI: request.queryText(family.idParameter),
            checklist: try LifecycleChecklist(parsing: request.queryText("lifecycleChecklist")), expects: request.ifMatch,
            by: caller, request.change(by: caller))
        return .ok(["workflowStatus": "APPROVED", "lifecycleState": json(status)], version: status.api.rowVersion)
    }

    private func state(_ request: APIRequest) async throws -> APIResponse {
        let status = try await lifecycle.status(ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        return .ok(json(status), version: status.api.rowVersion)
    }

    private func history(_ request: APIRequest) async throws -> APIResponse {
        let events = try await lifecycle.history(ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        let items = events.map { event -> JSONValue in
            var item: JSONValue = [
                "postState": JSONValue(event.state.rawValue), "user": JSONValue(event.user),
                "updatedTime": JSONValue(Timestamp.text(event.milliseconds)),
            ]
            item["previousState"] = event.previous.map { JSONValue($0.rawValue) }
            return item
        }
        return .ok(["count": JSONValue(items.count), "list": .array(items)])
    }

    private func withdraw(_ request: APIRequest) async throws -> APIResponse {
        try await lifecycle.withdrawPendingChange(ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        return .noContent
    }

    /// The schema `LifecycleState`; clients know target states by their event only.
    private func json(_ status: LifecycleService.Status) -> JSONValue {
        let items = status.offersChecklist ? [LifecycleChecklist.deprecateName, LifecycleChecklist.resubscribeName] : []
        let names = family == .api ? items : items.map { $0.replacing("API", with: "API Product") }
        return [
            "state": JSONValue(status.api.lifecycleState.rawValue),
            "checkItems": .array(
                names.map { ["name": JSONValue($0), "value": false, "requiredStates": []] }),
            "availableTransitions": .array(
                status.api.lifecycleState.transitions.map { ["event": JSONValue($0.action.rawValue), "targetState": ""] }),
        ]
    }
}
