/// A quota policy of one level: how much of what in which time (`docs/rate-limiting.md`).
public struct GatewayPolicy: Sendable, Hashable, Codable {
    public enum Level: String, Sendable, Codable, CaseIterable {
        case application, subscription
        /// Advanced policies, of APIs and of their operations.
        case api
    }

    public enum Quota: String, Sendable, Codable {
        case requests, bytes, events
    }

    public var tenant: Int
    public var level: Level
    public var name: String
    public var quota: Quota
    /// Requests, bytes or events a window; `Int.max` for Unlimited.
    public var limit: Int
    /// Window length; windows are aligned to the epoch.
    public var windowMilliseconds: Int64
    /// Subscription level: whether further requests are refused (`true`) or only marked.
    public var stopsOnQuotaReach: Bool
    /// Requests a burst window; 0 means no burst control.
    public var burstLimit: Int
    public var burstWindowMilliseconds: Int64
    /// Advanced policies: count per user rather than for all callers.
    public var perUser: Bool
    /// Advanced policies: limits that apply instead to requests that meet a group's conditions. `nil` for none.
    public var groups: [GatewayConditionalGroup]?

    public init(
        tenant: Int, level: Level, name: String, quota: Quota, limit: Int, windowMilliseconds: Int64,
        stopsOnQuotaReach: Bool = true, burstLimit: Int = 0, burstWindowMilliseconds: Int64 = 0, perUser: Bool = false,
        groups: [GatewayConditionalGroup]? = nil
    ) {
        self.tenant = tenant
        self.level = level
        self.name = name
        self.quota = quota
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.stopsOnQuotaReach = stopsOnQuotaReach
        self.burstLimit = burstLimit
        self.burstWindowMilliseconds = burstWindowMilliseconds
        self.perUser = perUser
        self.groups = groups
    }
}

/// Conditions of an advanced policy, all of which a request has to meet, with the limit that then applies.
public struct GatewayConditionalGroup: Sendable, Hashable, Codable {
    public var conditions: [ThrottlingCondition]
    public var quota: GatewayPolicy.Quota
    /// Requests or bytes a window; `Int.max` for no limit.
    public var limit: Int
    public var windowMilliseconds: Int64

    public init(
        conditions: [ThrottlingCondition], quota: GatewayPolicy.Quota, limit: Int, windowMilliseconds: Int64
    ) {
        self.conditions = conditions
        self.quota = quota
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }
}
