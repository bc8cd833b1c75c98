/// The endpoints for one key type, how to choose among them, and how to prove oneself to them.
public struct GatewayEndpointGroup: Sendable, Hashable, Codable {
    public enum Strategy: String, Sendable, Codable {
        /// The one endpoint.
        case single
        /// In turn.
        case roundRobin
        /// In turn, each as often as its weight says; an endpoint of weight 0 gets nothing unless all others are suspended.
        case weighted
        /// The first that is not suspended, in order.
        case failover
    }

    public var strategy: Strategy
    public var endpoints: [GatewayEndpoint]
    /// `nil`: the backend asks for nothing.
    public var security: GatewayEndpointSecurity?
    /// Keeps a client at the endpoint that served it first; `nil`: each request is placed anew.
    public var affinity: GatewayAffinity?
    /// Whether a request that failed at one endpoint goes on to the next.
    public var movesOn: Bool

    public init(
        strategy: Strategy, endpoints: [GatewayEndpoint], security: GatewayEndpointSecurity? = nil,
        affinity: GatewayAffinity? = nil, movesOn: Bool = true
    ) {
        self.strategy = strategy
        self.endpoints = endpoints
        self.security = security
        self.affinity = affinity
        self.movesOn = movesOn
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            strategy: try container.decode(Strategy.self, forKey: .strategy),
            endpoints: try container.decode([GatewayEndpoint].self, forKey: .endpoints),
            security: try container.decodeIfPresent(GatewayEndpointSecurity.self, forKey: .security),
            affinity: try container.decodeIfPresent(GatewayAffinity.self, forKey: .affinity),
            movesOn: try container.decodeIfPresent(Bool.self, forKey: .movesOn) ?? true)
    }
}

/// How a load-balanced group recognises a client that it served before.
public struct GatewayAffinity: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// A cookie that the gateway sets.
        case cookie
        /// The client's address.
        case client
    }

    public var kind: Kind
    /// The session ends when the client was silent that long; default 600 000.
    public var timeoutMilliseconds: Int

    public init(kind: Kind, timeoutMilliseconds: Int = 600_000) {
        self.kind = kind
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// An upstream address with its fault rules.
public struct GatewayEndpoint: Sendable, Hashable, Codable {
    /// `http://` or `https://` URL; its path is put in front of the request's path below the context. May contain templates such as
    /// `{uri.var.shop}`. The URL of an endpoint whose destination a policy sets is `default`, and only the rules count. A host may be
    /// looked up as a service: `srv://_shop._tcp.example.com/path` and `srvs://…` (TLS) mean the addresses of the DNS name's SRV records
    /// (RFC 2782).
    public var url: String
    /// Share of the requests in a weighted group; default 1.
    public var weight: Int
    /// Time until the first byte of the answer; default 120 000.
    public var timeoutMilliseconds: Int
    /// First suspension after a failure; 0 never suspends. Default 30 000.
    public var suspendMilliseconds: Int
    public var suspendMaximumMilliseconds: Int
    /// Each further suspension lasts this much longer than the one before.
    public var suspendFactor: Double
    /// Error codes that suspend; empty means all.
    public var suspendErrorCodes: [Int]
    /// Error codes that do not suspend until `retries` more requests have failed.
    public var retryErrorCodes: [Int]
    public var retries: Int
    public var retryDelayMilliseconds: Int
    /// Whether requests are sent with HTTP/2 instead of HTTP/1.1.
    public var usesHTTP2: Bool
    /// What the endpoint says of regular checks whether it is well; `nil`: nothing, so that the gateway's settings count.
    public var healthCheck: GatewayHealthCheckTerms?

    public init(
        url: String, weight: Int = 1, timeoutMilliseconds: Int = 120_000, suspendMilliseconds: Int = 30_000,
        suspendMaximumMilliseconds: Int = 30_000, suspendFactor: Double = 1, suspendErrorCodes: [Int] = [],
        retryErrorCodes: [Int] = [], retries: Int = 0, retryDelayMilliseconds: Int = 0,
        usesHTTP2: Bool = false, healthCheck: GatewayHealthCheckTerms? = nil
    ) {
        self.url = url
        self.weight = weight
        self.timeoutMilliseconds = timeoutMilliseconds
        self.suspendMilliseconds = suspendMilliseconds
        self.suspendMaximumMilliseconds = suspendMaximumMilliseconds
        self.suspendFactor = suspendFactor
        self.suspendErrorCodes = suspendErrorCodes
        self.retryErrorCodes = retryErrorCodes
        self.retries = retries
        self.retryDelayMilliseconds = retryDelayMilliseconds
        self.usesHTTP2 = usesHTTP2
        self.healthCheck = healthCheck
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            url: try container.decode(String.self, forKey: .url),
            weight: try container.decodeIfPresent(Int.self, forKey: .weight) ?? 1,
            timeoutMilliseconds: try container.decode(Int.self, forKey: .timeoutMilliseconds),
            suspendMilliseconds: try container.decode(Int.self, forKey: .suspendMilliseconds),
            suspendMaximumMilliseconds: try container.decode(Int.self, forKey: .suspendMaximumMilliseconds),
            suspendFactor: try container.decode(Double.self, forKey: .suspendFactor),
            suspendErrorCodes: try container.decodeIfPresent([Int].self, forKey: .suspendErrorCodes) ?? [],
            retryErrorCodes: try container.decode([Int].self, forKey: .retryErrorCodes),
            retries: try container.decode(Int.self, forKey: .retries),
            retryDelayMilliseconds: try container.decode(Int.self, forKey: .retryDelayMilliseconds),
            usesHTTP2: try container.decodeIfPresent(Bool.self, forKey: .usesHTTP2) ?? false,
            healthCheck: try container.decodeIfPresent(GatewayHealthCheckTerms.self, forKey: .healthCheck))
    }
}
