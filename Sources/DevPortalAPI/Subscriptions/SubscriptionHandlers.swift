import Consuming
import ContractRouter
import Documents
import Model

/// Subscriptions of the caller's applications.
struct SubscriptionHandlers: Sendable {
    let subscriptions: Subscriptions

    func register(in operations: inout DevPortalOperations) {
        operations.handle("getSubscriptions", list)
        operations.handle("postSubscriptions", create)
        operations.handle("postSubscriptionsMultiple", createMany)
        operations.handle("getSubscriptionsBySubscriptionid", find)
        operations.handle("putSubscriptionsBySubscriptionid", update)
        operations.handle("deleteSubscriptionsBySubscriptionid", delete)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.caller()
        let apiID = request.query["apiId"]?.string
        let found: [SubscriptionView]
        if let applicationID = request.query["applicationId"]?.string {
            found = try await subscriptions.list(application: applicationID, principal: principal)
                .filter { apiID == nil || $0.subscription.apiID == apiID }
        } else if let apiID {
            found = try await subscriptions.list(api: apiID, principal: principal)
        } else {
            throw CatalogueError.badRequest("Either applicationId or apiId is required")
        }
        let page = request.page
        let items = found.dropFirst(page.offset).prefix(page.limit).map(\.json)
        return .list(Array(items), total: found.count, of: request)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let created = try await subscriptions.create(
            try SubscriptionRequest(json: request.json), principal: try request.caller(), try request.callerContext())
        return .created(
            created.json, location: "/subscriptions/\(created.subscription.id)", version: created.subscription.version)
    }

    private func createMany(_ request: APIRequest) async throws -> APIResponse {
        let wanted = try (request.json.array ?? []).map { try SubscriptionRequest(json: $0) }
        let created = try await subscriptions.create(
            wanted, principal: try request.caller(), try request.callerContext())
        return .ok(.array(created.map(\.json)))
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let found = try await subscriptions.find(
            id: request.pathParameter("subscriptionId"), principal: try request.caller())
        return .ok(found.json, version: found.subscription.version)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        guard let status = body["status"]?.string.flatMap(SubscriptionStatus.init) else {
            throw CatalogueError.badRequest("status is required")
        }
        let plan = body["requestedThrottlingPolicy"]?.string ?? body["throttlingPolicy"]?.string ?? ""
        let changed = try await subscriptions.changePlan(
            id: request.pathParameter("subscriptionId"), to: plan, status: status, principal: try request.caller(),
            try request.callerContext())
        return .ok(changed.json, version: changed.subscription.version)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await subscriptions.delete(
            id: request.pathParameter("subscriptionId"), principal: try request.caller(), try request.callerContext())
        return .noContent
    }
}

extension SubscriptionRequest {
    fileprivate init(json: JSONValue) throws {
        guard let api = json["apiId"]?.string, !api.isEmpty else {
            throw CatalogueError.badRequest("apiId is required")
        }
        self.init(
            apiID: api, applicationID: json["applicationId"]?.string ?? "",
            plan: json["throttlingPolicy"]?.string ?? "")
    }
}

extension SubscriptionView {
    fileprivate var json: JSONValue {
        var json: JSONValue = [
            "subscriptionId": JSONValue(subscription.id), "applicationId": JSONValue(subscription.applicationID),
            "apiId": JSONValue(subscription.apiID), "applicationInfo": application.infoJSON,
            "throttlingPolicy": JSONValue(subscription.plan),
            "requestedThrottlingPolicy": JSONValue(subscription.requestedPlan),
            "status": JSONValue(subscription.status.rawValue),
        ]
        json["apiInfo"] = api.map(\.infoJSON)
        return json
    }
}
