/// An application as gateways know it.
public struct GatewayApplication: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    /// Stable integer, part of quota keys.
    public var number: Int
    public var tenant: Int
    public var tenantDomain: String
    public var name: String
    /// The owning user, `name` or `name@domain`.
    public var owner: String
    /// Name of the application-level quota policy.
    public var policy: String
    /// `APPROVED`, `CREATED` (waits for approval), `REJECTED`.
    public var status: String
    /// How often the application-level quota of a user, `name@domain` as in credentials, began anew; `nil` for never.
    public var quotaResets: [String: Int]?
    /// Custom attributes.
    public var attributes: [String: String]

    public init(
        id: String, number: Int, tenant: Int, tenantDomain: String, name: String, owner: String, policy: String,
        status: String, quotaResets: [String: Int]? = nil, attributes: [String: String] = [:]
    ) {
        self.id = id
        self.number = number
        self.tenant = tenant
        self.tenantDomain = tenantDomain
        self.name = name
        self.owner = owner
        self.policy = policy
        self.status = status
        self.quotaResets = quotaResets
        self.attributes = attributes
    }
}

extension GatewayApplication {
    /// Entities of older versions have no attributes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decode(String.self, forKey: .id), number: try values.decode(Int.self, forKey: .number),
            tenant: try values.decode(Int.self, forKey: .tenant),
            tenantDomain: try values.decode(String.self, forKey: .tenantDomain),
            name: try values.decode(String.self, forKey: .name), owner: try values.decode(String.self, forKey: .owner),
            policy: try values.decode(String.self, forKey: .policy),
            status: try values.decode(String.self, forKey: .status),
            quotaResets: try values.decodeIfPresent([String: Int].self, forKey: .quotaResets),
            attributes: try values.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:])
    }
}

/// Which application an OAuth2 client id belongs to.
public struct GatewayKeyMapping: Sendable, Hashable, Codable {
    public var tenant: Int
    /// Name of the key manager, for instance `Resident Key Manager`.
    public var keyManager: String
    public var consumerKey: String
    /// The application's UUID.
    public var applicationID: String
    public var keyType: KeyType

    public init(tenant: Int, keyManager: String, consumerKey: String, applicationID: String, keyType: KeyType) {
        self.tenant = tenant
        self.keyManager = keyManager
        self.consumerKey = consumerKey
        self.applicationID = applicationID
        self.keyType = keyType
    }
}

/// An application's right to call an API under a business plan.
public struct GatewaySubscription: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    /// Stable integer; `nil` in entities of older versions.
    public var number: Int?
    public var tenant: Int
    public var applicationID: String
    public var apiID: String
    /// Name of the subscription-level quota policy (business plan).
    public var policy: String
    /// `UNBLOCKED`, `BLOCKED`, `PROD_ONLY_BLOCKED`, `ON_HOLD`, `REJECTED`, `TIER_UPDATE_PENDING`, `DELETE_PENDING`.
    public var state: String

    public init(
        id: String, number: Int? = nil, tenant: Int, applicationID: String, apiID: String, policy: String, state: String
    ) {
        self.id = id
        self.number = number
        self.tenant = tenant
        self.applicationID = applicationID
        self.apiID = apiID
        self.policy = policy
        self.state = state
    }
}
