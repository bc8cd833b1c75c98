/// An application's right to call an API under a business plan.
public struct Subscription: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// Stable integer.
    public var number: Int
    public var tenant: Tenant
    public var applicationID: String
    public var apiID: String
    /// Name of the business plan in force.
    public var plan: String
    /// Name of the plan last asked for; differs from `plan` while a change waits.
    public var requestedPlan: String
    public var status: SubscriptionStatus
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Counts the changes.
    public var version: Int64

    public init(
        id: String, number: Int, tenant: Tenant, applicationID: String, apiID: String, plan: String, requestedPlan: String,
        status: SubscriptionStatus, createdMilliseconds: Int64, version: Int64
    ) {
        self.id = id
        self.number = number
        self.tenant = tenant
        self.applicationID = applicationID
        self.apiID = apiID
        self.plan = plan
        self.requestedPlan = requestedPlan
        self.status = status
        self.createdMilliseconds = createdMilliseconds
        self.version = version
    }
}

/// What a subscription is good for at the moment.
public enum SubscriptionStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Active.
    case unblocked = "UNBLOCKED"
    case blocked = "BLOCKED"
    /// Blocked for production keys only.
    case productionBlocked = "PROD_ONLY_BLOCKED"
    /// Waits for approval.
    case onHold = "ON_HOLD"
    case rejected = "REJECTED"
    case tierUpdatePending = "TIER_UPDATE_PENDING"
    case deletePending = "DELETE_PENDING"

    /// Whether a publisher or an approver has taken the right away.
    public var forbidsPlanChange: Bool {
        switch self {
        case .blocked, .productionBlocked, .onHold, .rejected: true
        case .unblocked, .tierUpdatePending, .deletePending: false
        }
    }
}

extension GatewaySubscription {
    /// The form in which gateways know `subscription`.
    public init(_ subscription: Subscription) {
        self.init(
            id: subscription.id, number: subscription.number, tenant: subscription.tenant.id,
            applicationID: subscription.applicationID, apiID: subscription.apiID, policy: subscription.plan,
            state: subscription.status.rawValue)
    }
}
