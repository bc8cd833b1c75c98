/// A revision of an API as deployed to one gateway environment.
public struct GatewayAPI: Sendable, Hashable, Codable {
    /// The API's UUID.
    public var id: String
    /// The API's stable integer, part of quota keys.
    public var number: Int
    /// Name of the gateway environment, for instance `Default`.
    public var environment: String
    public var revisionID: String
    public var tenant: Int
    public var tenantDomain: String
    public var name: String
    public var version: String
    /// The publishing user, `name` or `name@domain`.
    public var provider: String
    /// `HTTP`, `SOAP`, `GRAPHQL`, ….
    public var type: String
    /// Path prefix with the version resolved, for instance `/pizza/1.0.0` or `/t/example.com/pizza/1.0.0`.
    public var context: String
    /// The path without version that also leads here, if this is the default version.
    public var defaultContext: String?
    /// `CREATED`, `PROTOTYPED`, `PUBLISHED`, `BLOCKED`, `DEPRECATED`.
    public var lifecycleState: String
    /// Virtual hosts that serve the API; empty means all.
    public var hosts: [String]
    /// `http`, `https`.
    public var transports: [String]
    /// `oauth2`, `api_key`, `basic_auth`, `mutualssl`, and the markers of `docs/security-schemes.md`.
    public var securitySchemes: [String]
    /// Header that carries the OAuth2 token, default `Authorization`.
    public var authorizationHeader: String
    /// Header that carries the API key, default `ApiKey`.
    public var apiKeyHeader: String
    /// Names of the key managers whose tokens are accepted; `all` accepts every one of the tenant.
    public var keyManagers: [String]
    /// Accepted `aud` values; empty means not checked.
    public var audiences: [String]
    /// Whether an API without business plans accepts any valid token of the tenant.
    public var requiresSubscription: Bool
    public var cors: GatewayCORS?
    /// Name of the API-level quota policy; replaces the operations' policies. `nil` or `Unlimited`: none.
    public var policy: String?
    public var production: GatewayEndpointGroup?
    public var sandbox: GatewayEndpointGroup?
    public var operations: [GatewayOperation]
    /// Policies of all operations, applied before those of the operation.
    public var policies: GatewayPolicyFlows?

    public init(
        id: String, number: Int, environment: String, revisionID: String, tenant: Int, tenantDomain: String, name: String,
        version: String, provider: String, type: String, context: String, defaultContext: String?, lifecycleState: String,
        hosts: [String], transports: [String], securitySchemes: [String], authorizationHeader: String, apiKeyHeader: String,
        keyManagers: [String], audiences: [String], requiresSubscription: Bool, cors: GatewayCORS?, policy: String?,
        production: GatewayEndpointGroup?, sandbox: GatewayEndpointGroup?, operations: [GatewayOperation],
        policies: GatewayPolicyFlows? = nil
    ) {
        self.id = id
        self.number = number
        self.environment = environment
        self.revisionID = revisionID
        self.tenant = tenant
        self.tenantDomain = tenantDomain
        self.name = name
        self.version = version
        self.provider = provider
        self.type = type
        self.context = context
        self.defaultContext = defaultContext
        self.lifecycleState = lifecycleState
        self.hosts = hosts
        self.transports = transports
        self.securitySchemes = securitySchemes
        self.authorizationHeader = authorizationHeader
        self.apiKeyHeader = apiKeyHeader
        self.keyManagers = keyManagers
        self.audiences = audiences
        self.requiresSubscription = requiresSubscription
        self.cors = cors
        self.policy = policy
        self.production = production
        self.sandbox = sandbox
        self.operations = operations
        self.policies = policies
    }
}

/// One operation of an API: a verb on a path template.
public struct GatewayOperation: Sendable, Hashable, Codable {
    /// Upper-case verb.
    public var verb: String
    /// Path template below the context, for instance `/menu`, `/order/{id}`, `/files/*`.
    public var target: String
    /// `Any`, `Application & Application User`, `Application`, `Application User` or `None` (no credential needed).
    public var authType: String
    /// Name of the resource-level quota policy, default `Unlimited`.
    public var policy: String
    /// Scopes of which a token needs one; empty means none needed.
    public var scopes: [String]
    public var policies: GatewayPolicyFlows?

    public init(
        verb: String, target: String, authType: String, policy: String, scopes: [String], policies: GatewayPolicyFlows? = nil
    ) {
        self.verb = verb
        self.target = target
        self.authType = authType
        self.policy = policy
        self.scopes = scopes
        self.policies = policies
    }
}

/// Cross-origin rules of an API (`docs/cors.md`); replaces the gateway's defaults.
public struct GatewayCORS: Sendable, Hashable, Codable {
    public var origins: [String]
    public var headers: [String]
    public var methods: [String]
    public var exposedHeaders: [String]
    public var allowsCredentials: Bool

    public init(
        origins: [String], headers: [String], methods: [String], exposedHeaders: [String], allowsCredentials: Bool
    ) {
        self.origins = origins
        self.headers = headers
        self.methods = methods
        self.exposedHeaders = exposedHeaders
        self.allowsCredentials = allowsCredentials
    }
}

/// The endpoints for one key type and how to choose among them.
public struct GatewayEndpointGroup: Sendable, Hashable, Codable {
    public enum Strategy: String, Sendable, Codable {
        /// The one endpoint.
        case single
        /// In turn.
        case roundRobin
        /// The first that is not suspended, in order.
        case failover
    }

    public var strategy: Strategy
    public var endpoints: [GatewayEndpoint]

    public init(strategy: Strategy, endpoints: [GatewayEndpoint]) {
        self.strategy = strategy
        self.endpoints = endpoints
    }
}

/// An upstream address with its fault rules.
public struct GatewayEndpoint: Sendable, Hashable, Codable {
    /// `http://` or `https://` URL; its path is put in front of the request's path below the context.
    public var url: String
    /// Time until the first byte of the answer; default 120 000.
    public var timeoutMilliseconds: Int
    /// First suspension after a failure; 0 never suspends. Default 30 000.
    public var suspendMilliseconds: Int
    public var suspendMaximumMilliseconds: Int
    /// Each further suspension lasts this much longer than the one before.
    public var suspendFactor: Double
    /// Error codes that do not suspend until `retries` more requests have failed.
    public var retryErrorCodes: [Int]
    public var retries: Int
    public var retryDelayMilliseconds: Int

    public init(
        url: String, timeoutMilliseconds: Int = 120_000, suspendMilliseconds: Int = 30_000,
        suspendMaximumMilliseconds: Int = 30_000, suspendFactor: Double = 1, retryErrorCodes: [Int] = [],
        retries: Int = 0, retryDelayMilliseconds: Int = 0
    ) {
        self.url = url
        self.timeoutMilliseconds = timeoutMilliseconds
        self.suspendMilliseconds = suspendMilliseconds
        self.suspendMaximumMilliseconds = suspendMaximumMilliseconds
        self.suspendFactor = suspendFactor
        self.retryErrorCodes = retryErrorCodes
        self.retries = retries
        self.retryDelayMilliseconds = retryDelayMilliseconds
    }
}
