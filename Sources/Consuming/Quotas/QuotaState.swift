import Model

/// What is left of one quota.
public struct QuotaState: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable {
        case application = "APPLICATION"
        case applicationBurst = "APPLICATION_BURST"
        case subscription = "SUBSCRIPTION"
        case subscriptionBurst = "SUBSCRIPTION_BURST"
    }

    public enum Unit: String, Sendable, Hashable {
        case requests = "REQUESTS"
        case bytes = "BYTES"
    }

    /// The subscription that a quota belongs to.
    public struct Place: Sendable, Hashable {
        public var subscriptionID: String
        public var apiID: String
        /// Empty when the API is gone.
        public var apiName: String
        public var apiVersion: String
    }

    public var level: Level
    /// Name of the policy or plan.
    public var policy: String
    public var unit: Unit
    public var limit: Int64
    /// What the gateway has counted that has counted most.
    public var used: Int64
    public var windowMilliseconds: Int64
    /// When the window ends and the quota begins anew; milliseconds since 1970.
    public var resetMilliseconds: Int64
    /// Application level: the counted user as in credentials, `name@domain`, or the id in place of the name in access tokens.
    public var user: String?
    /// Subscription level.
    public var place: Place?
    /// What each gateway has counted by itself; empty when they count together.
    public var shares: [Share] = []

    /// What every gateway still admits.
    public var remaining: Int64 { max(0, limit - used) }

    /// One gateway's count.
    public struct Share: Sendable, Hashable {
        /// The gateway's id.
        public var gateway: String
        public var used: Int64
    }
}

/// What is left of the quotas of an application.
public struct QuotaReport: Sendable, Hashable {
    /// Whether the gateways count together.
    public var isShared: Bool
    /// Ids of live gateways that did not tell what they have counted.
    public var silent: [String]
    public var states: [QuotaState]

    init(_ questions: [QuotaQuestion], _ use: QuotaUse) {
        isShared = use.isShared
        silent = use.silent
        states = questions.enumerated().map { index, question in
            var state = question.state
            let shares = use.shares.compactMap { share in
                share.used.indices.contains(index) ? QuotaState.Share(gateway: share.gateway, used: share.used[index]) : nil
            }
            state.used = shares.map(\.used).max() ?? 0
            if !use.isShared { state.shares = shares }
            return state
        }
    }
}

/// A quota before anybody has looked what is used of it.
struct QuotaQuestion: Sendable {
    var state: QuotaState
    var key: String

    var counter: CounterName { CounterName(key: key, amount: state.limit, windowMilliseconds: state.windowMilliseconds) }

    /// `nil` for what is not limited by requests or bytes.
    init?(_ level: QuotaState.Level, _ limit: ThrottlingLimit, policy: String, key: String, now: Int64) {
        switch limit.quota {
        case .requests(let count) where count != ThrottlingQuota.unlimited: self.init(level, policy, .requests, count, key)
        case .tokens(let requests, _, _, _) where requests > 0: self.init(level, policy, .requests, requests, key)
        case .bandwidth(let amount, let unit):
            let (bytes, overflow) = amount.multipliedReportingOverflow(by: unit.bytes)
            if overflow { return nil }
            self.init(level, policy, .bytes, bytes, key)
        default: return nil
        }
        setWindow(limit.windowMilliseconds, now)
    }

    init(_ level: QuotaState.Level, _ burst: BurstLimit, policy: String, key: String, now: Int64) {
        self.init(level, policy, .requests, burst.count, key)
        setWindow(burst.windowMilliseconds, now)
    }

    private init(_ level: QuotaState.Level, _ policy: String, _ unit: QuotaState.Unit, _ limit: Int, _ key: String) {
        self.key = key
        state = QuotaState(
            level: level, policy: policy, unit: unit, limit: Int64(limit), used: 0, windowMilliseconds: 0, resetMilliseconds: 0)
    }

    /// Windows are aligned to 1970-01-01T00:00:00Z.
    private mutating func setWindow(_ milliseconds: Int64, _ now: Int64) {
        state.windowMilliseconds = milliseconds
        state.resetMilliseconds = (now / milliseconds + 1) * milliseconds
    }
}
