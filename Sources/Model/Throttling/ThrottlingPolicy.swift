/// A rate-limiting policy as administrators define it: who may use how much in which time.
public struct ThrottlingPolicy: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    /// Stable integer; the `policyId` of search results.
    public var number: Int
    public var level: ThrottlingLevel
    /// Unique within tenant and level; never changes.
    public var name: String
    public var displayName: String
    public var description: String
    public var limit: ThrottlingLimit
    /// Advanced policies: limits that apply instead of `limit` to requests that meet all conditions of the group.
    public var conditionalGroups: [ConditionalGroup]
    /// Advanced policies: whether each user is counted apart instead of all callers together; `nil` like `false`.
    public var isPerUser: Bool?
    /// Subscription and application policies: a second, short window.
    public var burst: BurstLimit?
    /// Subscription policies: what makes the policy a business plan.
    public var plan: BusinessPlan?

    public init(
        id: String, number: Int, level: ThrottlingLevel, name: String, displayName: String? = nil, description: String = "",
        limit: ThrottlingLimit, conditionalGroups: [ConditionalGroup] = [], isPerUser: Bool? = nil,
        burst: BurstLimit? = nil, plan: BusinessPlan? = nil
    ) {
        self.id = id
        self.number = number
        self.level = level
        self.name = name
        self.displayName = displayName ?? name
        self.description = description
        self.limit = limit
        self.conditionalGroups = conditionalGroups
        self.isPerUser = isPerUser
        self.burst = burst
        self.plan = plan
    }
}

extension ThrottlingPolicy {
    /// The name under which every level has a policy without a limit.
    public static let unlimitedName = "Unlimited"

    /// Plans that the platform itself assigns; nobody may subscribe with them.
    public static let internalPlanNames: Set<String> = [subscriptionlessPlanName, "AsyncDefaultSubscriptionless"]

    /// The plan of calls to APIs that need no subscription.
    public static let subscriptionlessPlanName = "DefaultSubscriptionless"

    /// The plan of callers without credential. Listed to administrators only.
    public static let unauthenticatedPlanName = "Unauthenticated"

    /// Whether users may see and choose this policy: not one that the platform assigns itself.
    public var isOffered: Bool {
        level != .subscription
            || (!Self.internalPlanNames.contains(name) && name != Self.unauthenticatedPlanName)
    }
}

/// What a policy limits.
public enum ThrottlingLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case application, subscription
    /// APIs and their operations.
    case advanced
}

/// A quota and the length of its window.
public struct ThrottlingLimit: Sendable, Hashable, Codable {
    public var quota: ThrottlingQuota
    /// Number of time units in a window: at least 1, and no more than a hundred years of them.
    public var unitTime: Int
    public var timeUnit: ThrottlingTimeUnit

    public init(_ quota: ThrottlingQuota, per unitTime: Int, _ timeUnit: ThrottlingTimeUnit) {
        self.quota = quota
        self.unitTime = unitTime
        self.timeUnit = timeUnit
    }

    public var windowMilliseconds: Int64 { Int64(unitTime) * timeUnit.milliseconds }
}

/// What is counted, and up to which amount.
public enum ThrottlingQuota: Sendable, Hashable, Codable {
    case requests(count: Int)
    case bandwidth(amount: Int, unit: DataUnit)
    case events(count: Int)
    /// Requests and language-model tokens; `nil` leaves a dimension unlimited.
    case tokens(requests: Int, total: Int?, prompt: Int?, completion: Int?)

    public enum DataUnit: String, Sendable, Hashable, Codable, CaseIterable {
        case kilobytes = "KB"
        case megabytes = "MB"
        case gigabytes = "GB"

        public var bytes: Int {
            switch self {
            case .kilobytes: 1 << 10
            case .megabytes: 1 << 20
            case .gigabytes: 1 << 30
            }
        }
    }

    /// The amount that stands for no limit.
    public static let unlimited = 2_147_483_647
}

/// A unit of time as clients write it.
public struct ThrottlingTimeUnit: Sendable, Hashable, Codable {
    /// The client's word, for instance `min` or `days`.
    public let text: String

    /// `nil` for a word that is no unit of time.
    public init?(_ text: String) {
        guard Self.lengths[text.lowercased()] != nil else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    public static let minute = ThrottlingTimeUnit(known: "min")
    public static let days = ThrottlingTimeUnit(known: "days")
    public static let month = ThrottlingTimeUnit(known: "month")
    public static let year = ThrottlingTimeUnit(known: "year")

    /// Months count 30 days, years 365: windows are aligned to the epoch, not to the calendar.
    public var milliseconds: Int64 { Self.lengths[text.lowercased()] ?? 60_000 }

    private static let lengths: [String: Int64] = {
        let units: [(Int64, [String])] = [
            (1000, ["sec", "second", "seconds"]), (60_000, ["min", "minute", "minutes"]),
            (3_600_000, ["hour", "hours"]), (86_400_000, ["day", "days"]), (604_800_000, ["week", "weeks"]),
            (2_592_000_000, ["month", "months"]), (31_536_000_000, ["year", "years"]),
        ]
        return units.reduce(into: [:]) { lengths, unit in unit.1.forEach { lengths[$0] = unit.0 } }
    }()
}

/// Requests in a window of one second or one minute.
public struct BurstLimit: Sendable, Hashable, Codable {
    public enum TimeUnit: String, Sendable, Hashable, Codable {
        case second = "sec"
        case minute = "min"
    }

    /// At least 1.
    public var count: Int
    public var timeUnit: TimeUnit

    public init(count: Int, timeUnit: TimeUnit) {
        self.count = count
        self.timeUnit = timeUnit
    }

    public var windowMilliseconds: Int64 { timeUnit == .second ? 1000 : 60_000 }
}
