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
    /// Since when the API is deprecated, milliseconds since 1970; `nil` for one that is not.
    public var deprecatedMilliseconds: Int64?
    /// When a deprecated API is expected to stop answering, milliseconds since 1970; `nil`: nobody has said.
    public var sunsetMilliseconds: Int64?
    /// Virtual hosts that serve the API; empty means all.
    public var hosts: [String]
    /// The only type of keys that the gateways of the environment take; `nil` for both.
    public var keyType: KeyType?
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
    /// What answers calls; `nil` is ``GatewayEndpointKind/addresses``. For a product the members say it.
    public var endpointKind: GatewayEndpointKind?
    public var production: GatewayEndpointGroup?
    public var sandbox: GatewayEndpointGroup?
    /// `nil`: backends take what they get.
    public var backendThroughput: GatewayBackendThroughput?
    /// How long answers are kept for equal requests; `nil`: not at all.
    public var responseCacheSeconds: Int?
    /// The OpenAPI document that requests and answers have to keep to; `nil`: nothing is checked.
    public var validatedDefinition: String?
    /// The source APIs of a product, to which ``GatewayOperation/member`` points; `nil` for everything else.
    public var members: [GatewayProductMember]?
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
    /// The gateway's own answers, for ``GatewayEndpointKind/mock``.
    public var mock: GatewayMock?
    /// The function to call, for ``GatewayEndpointKind/lambda(_:)``.
    public var lambda: GatewayLambdaFunction?
    /// Index in ``GatewayAPI/members`` of the API that the operation of a product comes from.
    public var member: Int?
    /// Applied after those of the API.
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
