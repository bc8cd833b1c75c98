import Model
import Storage

/// The throttling policies that every tenant starts with.
public struct ThrottlingDefaults: Sendable {
    private let random: RandomSource

    public init(random: RandomSource) { self.random = random }

    /// Creates the shipped policies that `tenant` does not have yet, all of them if it has none at all, and tells the gateways.
    ///
    /// A tenant that has policies gets nothing: what an administrator has deleted does not come back.
    public func create(for tenant: Tenant, in transaction: ChangeTransaction) throws {
        guard try ThrottlingPolicyTable.nextNumber(tenant: tenant, in: transaction) == 1 else { return }
        for (index, shipped) in Self.shipped.enumerated() {
            var policy = shipped
            policy.id = random.uuid()
            policy.number = index + 1
            try ThrottlingPolicyTable.insert(policy, tenant: tenant, in: transaction)
            transaction.publish(.put(.policy(GatewayPolicy(policy, tenant: tenant))))
        }
    }

    /// Without ids and numbers, in the order of creation.
    static let shipped: [ThrottlingPolicy] = application + plans + streamingPlans + webhookPlans + aiPlans + advanced

    private static let application = [
        requests(.application, "10PerMin", 10), requests(.application, "20PerMin", 20),
        requests(.application, "50PerMin", 50),
        requests(.application, ThrottlingPolicy.unlimitedName, ThrottlingQuota.unlimited),
    ]

    private static let plans = [
        requests(.subscription, "Bronze", 1000), requests(.subscription, "Silver", 2000), requests(.subscription, "Gold", 5000),
        requests(.subscription, ThrottlingPolicy.unauthenticatedPlanName, 500),
        requests(.subscription, "DefaultSubscriptionless", 100_000),
        requests(.subscription, ThrottlingPolicy.unlimitedName, ThrottlingQuota.unlimited),
    ]

    private static let streamingPlans = [
        events("AsyncBronze", 5000, .days), events("AsyncSilver", 25_000, .days), events("AsyncGold", 50_000, .days),
        events("AsyncDefaultSubscriptionless", 10_000, .days), events("AsyncUnlimited", ThrottlingQuota.unlimited, .days),
    ]

    private static let webhookPlans = [
        events("AsyncWHBronze", 1000, .month, subscribers: 100), events("AsyncWHSilver", 5000, .month, subscribers: 500),
        events("AsyncWHGold", 10_000, .month, subscribers: 1000),
        events("AsyncWHUnlimited", ThrottlingQuota.unlimited, .month, subscribers: ThrottlingQuota.unlimited),
    ]

    private static let aiPlans = [
        tokens("AIBronze", requests: 10, total: 1000), tokens("AISilver", requests: 100, total: 10_000),
        tokens("AIGold", requests: 500, total: 50_000),
    ]

    private static let advanced = [
        requests(.advanced, "10KPerMin", 10_000), requests(.advanced, "20KPerMin", 20_000),
        requests(.advanced, "50KPerMin", 50_000),
        requests(.advanced, ThrottlingPolicy.unlimitedName, ThrottlingQuota.unlimited),
    ]

    private static func requests(_ level: ThrottlingLevel, _ name: String, _ count: Int) -> ThrottlingPolicy {
        let amount = count == ThrottlingQuota.unlimited ? "unlimited requests" : "\(count) requests a minute"
        return shipped(
            level, name, "Allows \(amount)", ThrottlingLimit(.requests(count: count), per: 1, .minute),
            plan: level == .subscription ? BusinessPlan() : nil)
    }

    private static func events(
        _ name: String, _ count: Int, _ unit: ThrottlingTimeUnit, subscribers: Int = 0
    ) -> ThrottlingPolicy {
        let period = unit == .days ? "day" : "month"
        let amount = count == ThrottlingQuota.unlimited ? "unlimited events" : "\(count) events a \(period)"
        return shipped(
            .subscription, name, "Allows \(amount)", ThrottlingLimit(.events(count: count), per: 1, unit),
            plan: BusinessPlan(subscriberCount: subscribers))
    }

    private static func tokens(_ name: String, requests: Int, total: Int) -> ThrottlingPolicy {
        shipped(
            .subscription, name, "Allows \(total) tokens and \(requests) requests a minute",
            ThrottlingLimit(.tokens(requests: requests, total: total, prompt: nil, completion: nil), per: 1, .minute),
            plan: BusinessPlan())
    }

    private static func shipped(
        _ level: ThrottlingLevel, _ name: String, _ description: String, _ limit: ThrottlingLimit, plan: BusinessPlan?
    ) -> ThrottlingPolicy {
        ThrottlingPolicy(id: "", number: 0, level: level, name: name, description: description, limit: limit, plan: plan)
    }
}
