/// What a subscription policy says beyond its quota.
public struct BusinessPlan: Sendable, Hashable, Codable {
    public enum Billing: String, Sendable, Hashable, Codable, CaseIterable {
        case free = "FREE"
        case commercial = "COMMERCIAL"
    }

    /// Who may subscribe with the plan.
    public struct Permission: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case allow = "ALLOW"
            case deny = "DENY"
        }

        public var kind: Kind
        /// Role names, never empty.
        public var roles: [String]

        public init(kind: Kind, roles: [String]) {
            self.kind = kind
            self.roles = roles
        }
    }

    public struct Monetization: Sendable, Hashable, Codable {
        /// `FIXEDRATE` or `DYNAMICRATE`.
        public var plan: String?
        public var properties: [String: String]

        public init(plan: String?, properties: [String: String]) {
            self.plan = plan
            self.properties = properties
        }
    }

    public struct Attribute: Sendable, Hashable, Codable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whether requests beyond the quota are refused; otherwise they pass, marked.
    public var stopsOnQuotaReach: Bool
    public var billing: Billing
    /// `nil`: everybody.
    public var permission: Permission?
    public var monetization: Monetization?
    public var attributes: [Attribute]
    /// Concurrent callbacks of a webhook subscription; 0 where that does not apply.
    public var subscriberCount: Int
    /// GraphQL queries; 0 means unchecked.
    public var maximumComplexity: Int
    public var maximumDepth: Int

    public init(
        stopsOnQuotaReach: Bool = true, billing: Billing = .free, permission: Permission? = nil,
        monetization: Monetization? = nil, attributes: [Attribute] = [], subscriberCount: Int = 0,
        maximumComplexity: Int = 0, maximumDepth: Int = 0
    ) {
        self.stopsOnQuotaReach = stopsOnQuotaReach
        self.billing = billing
        self.permission = permission
        self.monetization = monetization
        self.attributes = attributes
        self.subscriberCount = subscriberCount
        self.maximumComplexity = maximumComplexity
        self.maximumDepth = maximumDepth
    }
}

extension BusinessPlan {
    /// Whether a user with `roles` may subscribe with the plan. Role names compare without case.
    public func isAllowed(for roles: Set<String>) -> Bool {
        guard let permission else { return true }
        let held = Set(roles.map { $0.lowercased() })
        let named = permission.roles.contains { held.contains($0.lowercased()) }
        return permission.kind == .allow ? named : !named
    }
}
