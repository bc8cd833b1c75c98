import ContractRouter
import Documents
import Model
import Publishing

/// Subscriptions as publishers see them.
struct SubscriptionHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getSubscriptions", list)
        table.publisher("blockSubscription", block)
        table.publisher("unBlockSubscription", unblock)
        table.publisher("changeSubscriptionBusinessPlan", changePlan)
        table.publisher("getSubscriberInfoBySubscriptionId", subscriber)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let query = request.queryText("query")
        let found = try await services.subscriptions.list(
            ofAPI: request.query["apiId"]?.string, name: query.hasPrefix("name:") ? String(query.dropFirst(5)) : query,
            limit: request.page.limit, offset: request.page.offset, for: request.caller())
        return .list(found.subscriptions.map(Self.json), total: found.total, of: request)
    }

    private func block(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let isPartial = request.queryText("blockState") == SubscriptionStatus.productionBlocked.rawValue
        return Self.answer(
            try await services.subscriptions.block(
                request.queryText("subscriptionId"), isPartial ? .production : .everything, expects: request.ifMatch,
                by: caller, request.change(by: caller)))
    }

    private func unblock(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        return Self.answer(
            try await services.subscriptions.unblock(
                request.queryText("subscriptionId"), expects: request.ifMatch, by: caller, request.change(by: caller)))
    }

    private func changePlan(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        return Self.answer(
            try await services.subscriptions.changePlan(
                of: request.queryText("subscriptionId"), to: request.queryText("businessPlan"), expects: request.ifMatch,
                by: caller, request.change(by: caller)))
    }

    private func subscriber(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter("subscriptionId")
        guard let profile = try await services.subscriptions.subscriber(of: id, for: request.caller()) else {
            throw CatalogueError.notFound("Subscriber", id: id)
        }
        let claims = profile.claims.map { claim -> JSONValue in
            ["name": JSONValue(claim.name), "URI": JSONValue(claim.uri), "value": JSONValue(claim.value)]
        }
        return .ok(["name": JSONValue(profile.name), "claims": .array(claims)])
    }

    private static func answer(_ subscription: PublisherSubscription) -> APIResponse {
        .ok(json(subscription), version: subscription.version)
    }

    private static func json(_ subscription: PublisherSubscription) -> JSONValue {
        [
            "subscriptionId": JSONValue(subscription.id),
            "applicationInfo": [
                "applicationId": JSONValue(subscription.applicationID), "name": JSONValue(subscription.applicationName),
                "subscriber": JSONValue(subscription.subscriber),
                "description": JSONValue(subscription.applicationDescription),
                "subscriptionCount": JSONValue(subscription.applicationSubscriptionCount),
            ],
            "throttlingPolicy": JSONValue(subscription.policy),
            "subscriptionStatus": JSONValue(subscription.status.rawValue),
        ]
    }
}
