import Consuming
import ContractRouter
import Documents
import Model

/// Applications of the caller.
struct ApplicationHandlers: Sendable {
    let services: DevPortalServices

    func register(in operations: inout DevPortalOperations) {
        operations.handle("getApplications", list)
        operations.handle("postApplications", create)
        operations.handle("getApplicationsByApplicationid", find)
        operations.handle("putApplicationsByApplicationid", update)
        operations.handle("deleteApplicationsByApplicationid", delete)
        operations.handle("postApplicationsByApplicationidResetThrottlePolicy", resetQuota)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = request.page
        let text = request.query["query"]?.string ?? ""
        let column = request.query["sortBy"]?.string.flatMap(ApplicationQuery.Column.init) ?? .name
        let query = ApplicationQuery(
            text: text, column: column, isDescending: request.query["sortOrder"]?.string == "desc", limit: page.limit,
            offset: page.offset)
        let (items, total) = try await services.applications.list(query, owner: try request.caller())
        return .list(items.map(\.infoJSON), total: total, of: request)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let application = try await services.applications.create(
            ApplicationDraft(json: request.json), owner: try request.caller(), try request.callerContext())
        return .created(
            application.json(subscriptionCount: 0), location: "/applications/\(application.id)",
            version: application.version)
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.caller()
        let id = request.pathParameter("applicationId")
        let summary = try await services.applications.find(id: id, principal: principal)
        let subscriptions = try await services.subscriptions.list(application: id, principal: principal)
        var json = summary.json
        json["keys"] = .array(
            try await services.keys.list(application: id, principal: principal).map { $0.json(state: "COMPLETED") })
        json["subscriptionScopes"] = .array(subscriptions.compactMap(\.api).flatMap(\.scopeInfos))
        return .ok(json)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let updated = try await services.applications.update(
            id: request.pathParameter("applicationId"), to: ApplicationDraft(json: request.json),
            principal: try request.caller(), try request.callerContext())
        return .ok(updated.json, version: updated.application.version)
    }

    /// Lets the quota of one user of the application begin anew.
    private func resetQuota(_ request: APIRequest) async throws -> APIResponse {
        try await services.quotas.reset(
            application: request.pathParameter("applicationId"), userName: request.json["userName"]?.string,
            principal: try request.caller(), try request.callerContext())
        return .noContent
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await services.applications.delete(
            id: request.pathParameter("applicationId"), principal: try request.caller(), try request.callerContext())
        return .noContent
    }
}
