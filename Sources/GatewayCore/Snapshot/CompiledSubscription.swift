import Counters
import Model

/// A subscription as the pipeline works with it.
final class CompiledSubscription: Sendable {
    let application: Int32
    /// The API in all its deployments.
    let apiIdentity: Int32
    let state: SubscriptionState
    /// Slot of the business plan; -1 for Unlimited.
    let policy: Int32
    let bucket: QuotaBucket
    let burstBucket: QuotaBucket
    /// Name of the business plan.
    let plan: String

    init(_ definition: GatewaySubscription, application: Int32, apiIdentity: Int32, policy: Int32) {
        self.application = application
        self.apiIdentity = apiIdentity
        self.policy = policy
        plan = definition.policy
        state = SubscriptionState(definition.state)
        bucket = QuotaBucket(
            key: QuotaKeys.subscription(
                application: definition.applicationID, api: definition.apiID, plan: definition.policy))
        burstBucket = QuotaBucket(
            key: QuotaKeys.subscriptionBurst(
                application: definition.applicationID, api: definition.apiID, plan: definition.policy))
    }

    /// The hash under which the pair is found.
    static func hash(application: Int32, apiIdentity: Int32) -> UInt64 {
        ByteHash.combine(UInt64(UInt32(bitPattern: application)), UInt64(UInt32(bitPattern: apiIdentity)))
    }

    func matches(application: Int32, apiIdentity: Int32) -> Bool {
        self.application == application && self.apiIdentity == apiIdentity
    }
}

/// What a subscription's state means for a request.
enum SubscriptionState: Sendable {
    case usable, blocked, productionBlocked, inactive, rejected

    init(_ name: String) {
        switch name {
        // What waits for another plan or for its end is in force until then.
        case "UNBLOCKED", "TIER_UPDATE_PENDING", "DELETE_PENDING": self = .usable
        case "BLOCKED": self = .blocked
        case "PROD_ONLY_BLOCKED": self = .productionBlocked
        case "REJECTED": self = .rejected
        default: self = .inactive
        }
    }
}
