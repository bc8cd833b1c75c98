import ContractRouter
import Documents
import Model
import Publishing

/// The lifecycle of APIs.
struct LifecycleHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("changeAPILifecycle", change)
        table.publisher("getAPILifecycleState", state)
        table.publisher("getAPILifecycleHistory", history)
        table.publisher("deleteAPILifecycleStatePendingTasks", withdraw)
    }

    private func change(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let status = try await services.lifecycle.perform(
            request.queryText("action"), onAPI: request.queryText("apiId"),
            checklist: try LifecycleChecklist(parsing: request.queryText("lifecycleChecklist")), expects: request.ifMatch,
            by: caller, request.change(by: caller))
        return .ok(["workflowStatus": "APPROVED", "lifecycleState": Self.json(status)], version: status.api.rowVersion)
    }

    private func state(_ request: APIRequest) async throws -> APIResponse {
        let status = try await services.lifecycle.status(ofAPI: request.pathParameter("apiId"), for: request.caller())
        return .ok(Self.json(status), version: status.api.rowVersion)
    }

    private func history(_ request: APIRequest) async throws -> APIResponse {
        let events = try await services.lifecycle.history(ofAPI: request.pathParameter("apiId"), for: request.caller())
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
        try await services.lifecycle.withdrawPendingChange(ofAPI: request.pathParameter("apiId"), for: request.caller())
        return .noContent
    }

    /// The schema `LifecycleState`; clients know target states by their event only.
    private static func json(_ status: LifecycleService.Status) -> JSONValue {
        let names = status.offersChecklist ? [LifecycleChecklist.deprecateName, LifecycleChecklist.resubscribeName] : []
        return [
            "state": JSONValue(status.api.lifecycleState.rawValue),
            "checkItems": .array(
                names.map { ["name": JSONValue($0), "value": false, "requiredStates": []] }),
            "availableTransitions": .array(
                status.api.lifecycleState.transitions.map { ["event": JSONValue($0.action.rawValue), "targetState": ""] }),
        ]
    }
}
