/// A thing that gateways know, in the compiled form that the control plane prepares when the thing changes.
///
/// Entities travel as JSON lines on the gateway feed and lie in the table `gateway_entity`; a gateway never re-parses an API
/// definition. See `docs/architecture.md`, "What the gateway knows".
public enum GatewayEntity: Sendable, Hashable {
    case api(GatewayAPI)
    case application(GatewayApplication)
    case keyMapping(GatewayKeyMapping)
    case subscription(GatewaySubscription)
    case policy(GatewayPolicy)
    case keyManager(GatewayKeyManager)
    case revocation(GatewayRevocation)
    case revocationRule(GatewayRevocationRule)
    case apiKey(GatewayAPIKey)
    case apiKeyHashing(GatewayAPIKeyHashing)
    case tokenKey(GatewayTokenKey)
    case clientCertificate(GatewayClientCertificate)
    case endpointCertificate(GatewayEndpointCertificate)
    case globalPolicies(GatewayGlobalPolicies)
    case denyPolicy(GatewayDenyPolicy)
    case customRule(GatewayCustomRule)
    case logging(GatewayLogging)

    public enum Kind: String, Sendable, Codable, CaseIterable {
        case api, application, keyMapping, subscription, policy, keyManager, revocation, revocationRule
        case apiKey, apiKeyHashing, tokenKey
        case clientCertificate, endpointCertificate, globalPolicies, denyPolicy, customRule
        case logging
    }

    public var kind: Kind {
        switch self {
        case .api: .api
        case .application: .application
        case .keyMapping: .keyMapping
        case .subscription: .subscription
        case .policy: .policy
        case .keyManager: .keyManager
        case .revocation: .revocation
        case .revocationRule: .revocationRule
        case .apiKey: .apiKey
        case .apiKeyHashing: .apiKeyHashing
        case .tokenKey: .tokenKey
        case .clientCertificate: .clientCertificate
        case .endpointCertificate: .endpointCertificate
        case .globalPolicies: .globalPolicies
        case .denyPolicy: .denyPolicy
        case .customRule: .customRule
        case .logging: .logging
        }
    }

    /// Identity within the kind; an entity replaces the one of the same kind and key.
    public var key: String {
        switch self {
        case .api(let value): "\(value.id)/\(value.environment)"
        case .application(let value): value.id
        case .keyMapping(let value): "\(value.tenant)/\(value.keyManager)/\(value.consumerKey)"
        case .subscription(let value): value.id
        case .policy(let value): "\(value.tenant)/\(value.level.rawValue)/\(value.name)"
        case .keyManager(let value): "\(value.tenant)/\(value.name)"
        case .revocation(let value): value.tokenID
        case .revocationRule(let value): "\(value.tenant)/\(value.subject.rawValue)/\(value.identifier)"
        case .apiKey(let value): value.id
        case .apiKeyHashing: GatewayAPIKeyHashing.key
        case .tokenKey(let value): String(value.tenant)
        case .clientCertificate(let value): "\(value.tenant)/\(value.keyType.rawValue)/\(value.alias)"
        case .endpointCertificate(let value): "\(value.tenant)/\(value.alias)"
        case .globalPolicies(let value): "\(value.tenant)/\(value.environment)"
        case .denyPolicy(let value): value.id
        case .customRule(let value): value.id
        case .logging(let value): value.key
        }
    }

    /// The owning tenant's number.
    public var tenant: Int {
        switch self {
        case .api(let value): value.tenant
        case .application(let value): value.tenant
        case .keyMapping(let value): value.tenant
        case .subscription(let value): value.tenant
        case .policy(let value): value.tenant
        case .keyManager(let value): value.tenant
        case .revocation(let value): value.tenant
        case .revocationRule(let value): value.tenant
        case .apiKey(let value): value.tenant
        case .apiKeyHashing: Tenant.superTenant.id
        case .tokenKey(let value): value.tenant
        case .clientCertificate(let value): value.tenant
        case .endpointCertificate(let value): value.tenant
        case .globalPolicies(let value): value.tenant
        case .denyPolicy(let value): value.tenant
        case .customRule: Tenant.superTenant.id
        case .logging(let value): value.tenant
        }
    }
}

/// One step of the feed.
public enum GatewayChange: Sendable, Hashable {
    /// The entity is new or replaces its predecessor.
    case put(GatewayEntity)
    case remove(kind: GatewayEntity.Kind, key: String)
}

/// PRODUCTION or SANDBOX: what a key was made for and which endpoints it reaches.
public enum KeyType: String, Sendable, Codable, Hashable, CaseIterable {
    case production = "PRODUCTION"
    case sandbox = "SANDBOX"
}

extension GatewayEntity {
    /// Decodes the value of an entity of `kind`.
    public init(_ kind: Kind, from decoder: any Decoder) throws {
        self =
            switch kind {
            case .api: .api(try GatewayAPI(from: decoder))
            case .application: .application(try GatewayApplication(from: decoder))
            case .keyMapping: .keyMapping(try GatewayKeyMapping(from: decoder))
            case .subscription: .subscription(try GatewaySubscription(from: decoder))
            case .policy: .policy(try GatewayPolicy(from: decoder))
            case .keyManager: .keyManager(try GatewayKeyManager(from: decoder))
            case .revocation: .revocation(try GatewayRevocation(from: decoder))
            case .revocationRule: .revocationRule(try GatewayRevocationRule(from: decoder))
            case .apiKey: .apiKey(try GatewayAPIKey(from: decoder))
            case .apiKeyHashing: .apiKeyHashing(try GatewayAPIKeyHashing(from: decoder))
            case .tokenKey: .tokenKey(try GatewayTokenKey(from: decoder))
            case .clientCertificate: .clientCertificate(try GatewayClientCertificate(from: decoder))
            case .endpointCertificate: .endpointCertificate(try GatewayEndpointCertificate(from: decoder))
            case .denyPolicy: .denyPolicy(try GatewayDenyPolicy(from: decoder))
            case .customRule: .customRule(try GatewayCustomRule(from: decoder))
            case .logging: .logging(try GatewayLogging(from: decoder))
            case .globalPolicies: .globalPolicies(try GatewayGlobalPolicies(from: decoder))
            }
    }
}
