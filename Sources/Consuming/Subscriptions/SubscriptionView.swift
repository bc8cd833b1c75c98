import Model
import Storage

/// A subscription with the application and the API that it joins.
public struct SubscriptionView: Sendable, Hashable {
    public var subscription: Subscription
    public var application: ApplicationSummary
    /// `nil` when the API is gone.
    public var api: PublishedAPI?

    init(_ subscription: Subscription, application: Application, in connection: any SQLConnection) throws {
        self.subscription = subscription
        self.application = try ApplicationSummary(application, in: connection)
        api = try PublishedAPITable.find(id: subscription.apiID, tenant: subscription.tenant, in: connection)
    }
}

/// What a user asks for when subscribing.
public struct SubscriptionRequest: Sendable {
    public var apiID: String
    public var applicationID: String
    /// Name of the business plan.
    public var plan: String

    public init(apiID: String, applicationID: String, plan: String) {
        self.apiID = apiID
        self.applicationID = applicationID
        self.plan = plan
    }
}
