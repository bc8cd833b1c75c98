/// Whom an administrator shuts out (`docs/deny-policies.md`). Refused before anything is counted.
public struct DenyPolicy: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// Grows with each policy of the tenant.
    public var number: Int
    public var condition: DenyCondition
    /// Whether the policy counts; one that does not stays, to be switched on again.
    public var isActive: Bool

    public init(id: String, number: Int, condition: DenyCondition, isActive: Bool) {
        self.id = id
        self.number = number
        self.condition = condition
        self.isActive = isActive
    }
}

/// What a deny policy shuts out.
public enum DenyCondition: Sendable, Hashable, Codable {
    /// An API, by its context with version.
    case api(context: String)
    case application(owner: String, name: String)
    /// `name@domain`.
    case user(String)
    /// An address or, inverted, all others.
    case address(String, isInverted: Bool)
    /// All addresses from one to another, both included; inverted, all others.
    case addressRange(from: String, to: String, isInverted: Bool)
    /// One application's calls of one API, as `context:version:owner-application:keyType`.
    case subscription(String)

    /// The condition's type as clients call it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case api = "API"
        case application = "APPLICATION"
        case user = "USER"
        case address = "IP"
        case addressRange = "IPRANGE"
        case subscription = "SUBSCRIPTION"
    }

    public var kind: Kind {
        switch self {
        case .api: .api
        case .application: .application
        case .user: .user
        case .address: .address
        case .addressRange: .addressRange
        case .subscription: .subscription
        }
    }
}
