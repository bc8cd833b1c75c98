import ContractRouter
import Documents
import Model
import Publishing

/// Subscriptions as publishers see them.
struct SubscriptionHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getSubscriptions", list)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let id = request.query["apiId"]?.string
        let found = try await services.apis.subscriptions(
            ofAPI: id, limit: request.page.limit, offset: request.page.offset, for: request.caller())
        return .list(found.subscriptions.map(Self.json), total: found.total, of: request)
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
            "throttlingPolicy": JSONValue(subscription.policy), "subscriptionStatus": JSONValue(subscription.status),
        ]
    }
}
