import Model

/// The throttling policies of a tenant, which the operating part keeps.
public protocol PolicyDirectory: Sendable {
    /// All policies of `level`, in the order in which portals show them.
    func policies(level: PublisherPolicy.Level, of tenant: Tenant) async throws -> [PublisherPolicy]
}

/// A throttling policy as publishers see it when they choose one.
public struct PublisherPolicy: Sendable, Hashable {
    public enum Level: String, Sendable, CaseIterable {
        case subscription, api
    }

    /// What the policy counts.
    public enum Quota: String, Sendable {
        case requests = "REQUESTCOUNT"
        case bandwidth = "BANDWIDTHVOLUME"
        case tokens = "AIAPIQUOTA"
        /// Events of streaming APIs.
        case events = "EVENTCOUNT"
    }

    public var name: String
    public var displayName: String
    public var description: String
    public var level: Level
    public var quota: Quota
    /// Requests, units of `dataUnit`, or events a window.
    public var count: Int
    /// `KB` or `MB` for bandwidth.
    public var dataUnit: String?
    public var unitTime: Int
    /// `min`, `hour`, `days`, `month`, `year`.
    public var timeUnit: String
    /// Requests a burst window; 0 means no burst control.
    public var burstCount: Int
    /// `sec` or `min`.
    public var burstTimeUnit: String?
    public var stopsOnQuotaReach: Bool
    /// `FREE` or `COMMERCIAL`.
    public var billingPlan: String
    public var attributes: [String: String]

    public init(
        name: String, displayName: String, description: String = "", level: Level, quota: Quota = .requests, count: Int,
        dataUnit: String? = nil, unitTime: Int = 1, timeUnit: String = "min", burstCount: Int = 0,
        burstTimeUnit: String? = nil, stopsOnQuotaReach: Bool = true, billingPlan: String = "FREE",
        attributes: [String: String] = [:]
    ) {
        self.name = name
        self.displayName = displayName
        self.description = description
        self.level = level
        self.quota = quota
        self.count = count
        self.dataUnit = dataUnit
        self.unitTime = unitTime
        self.timeUnit = timeUnit
        self.burstCount = burstCount
        self.burstTimeUnit = burstTimeUnit
        self.stopsOnQuotaReach = stopsOnQuotaReach
        self.billingPlan = billingPlan
        self.attributes = attributes
    }

    /// Plans that the platform attaches by itself and that nobody may choose.
    public static let internalNames: Set<String> = ["DefaultSubscriptionless", "AsyncDefaultSubscriptionless"]
}
