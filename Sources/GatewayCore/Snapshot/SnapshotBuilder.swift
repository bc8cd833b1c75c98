import Counters
import Model

/// Makes snapshots out of the feed's changes. Works off the event loops; not cheap per API, so call ``apply(_:)`` with what changed only.
public struct SnapshotBuilder: Sendable {
    private let defaults: SnapshotDefaults
    private let flowCompiler: FlowCompiler
    private var globalPolicies = GlobalPolicies()
    private var apis = ChunkedArray<CompiledAPI>()
    private var apiSlots = SlotRegister()
    private var apiIdentities = SlotRegister()
    private var contexts: ContextIndex
    private var applications = ChunkedArray<CompiledApplication>()
    private var applicationSlots = SlotRegister()
    private var policies = ChunkedArray<CompiledPolicy>()
    private var policySlots = SlotRegister()
    private var credentials: CredentialDirectory
    private var denials = DenyDirectory()
    private var customRules = CustomRuleDirectory()
    private var logging = LoggingDirectory()
    private var mappings: [String: CompiledKeyMapping] = [:]
    private var subscriptions: [String: CompiledSubscription] = [:]
    private var revocations: [String: Int64] = [:]
    private var revocationRules: [String: GatewayRevocationRule] = [:]
    private var clientCertificates: [String: CompiledClientCertificate] = [:]
    private var healthChecks = HealthCheckRegister()
    private var apiKeys: [String: CompiledAPIKey] = [:]
    private var tokenKeys = TokenKeyDirectory()
    private var endpointCertificates = EndpointCertificates()
    private var upstreamTrust = UpstreamTrustDirectory()
    private var endpoints: EndpointRegister
    private var cors: CORSRegister

    /// A builder that knows nothing yet.
    ///
    /// - Parameters:
    ///   - defaults: what holds for APIs that say nothing of their own.
    ///   - policies: makes the policies of APIs; without it, APIs that have policies refuse every request.
    ///   - random: seeds the hash tables.
    public init(
        defaults: SnapshotDefaults = SnapshotDefaults(), policies: any FlowPolicySource = NoPolicies(),
        random: RandomSource = .system
    ) {
        let seed = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.defaults = defaults
        flowCompiler = FlowCompiler(source: policies)
        contexts = ContextIndex(seed: seed)
        credentials = CredentialDirectory(seed: seed)
        endpoints = EndpointRegister(defaults)
        cors = CORSRegister(default: defaults.cors)
    }

    /// Takes changes in order of the feed. An entity may come before what it refers to.
    public mutating func apply(_ changes: [GatewayChange]) {
        for change in changes {
            switch change {
            case .put(let entity): put(entity)
            case .remove(let kind, let key): remove(kind, key)
            }
        }
    }

    /// Removes every entity that is not in `kept`. With the puts of those that are, this is how a complete new state is taken over: the
    /// builder goes on, so that slots, pools and cached credentials of loops keep their meaning.
    public mutating func removeAll(except kept: Set<EntityIdentity>) {
        for kind in GatewayEntity.Kind.allCases {
            for key in keys(of: kind) where !kept.contains(EntityIdentity(kind: kind, key: key)) { remove(kind, key) }
        }
    }

    /// The keys of all entities of a kind, perhaps with some that are only referred to.
    private func keys(of kind: GatewayEntity.Kind) -> [String] {
        switch kind {
        case .api: apiSlots.keys
        case .application: applicationSlots.keys
        case .keyMapping: Array(mappings.keys)
        case .subscription: Array(subscriptions.keys)
        case .policy: policySlots.keys
        case .keyManager: credentials.keyManagers.keys
        case .revocation: Array(revocations.keys)
        case .revocationRule: Array(revocationRules.keys)
        case .clientCertificate: Array(clientCertificates.keys)
        case .apiKey: Array(apiKeys.keys)
        case .apiKeyHashing: [GatewayAPIKeyHashing.key]
        case .tokenKey: tokenKeys.tenants.map(String.init)
        case .endpointCertificate: endpointCertificates.keys
        case .denyPolicy: denials.ids
        case .customRule: customRules.ids
        case .logging: logging.keys
        case .globalPolicies: globalPolicies.keys
        }
    }

    /// The state after all changes. Costs nothing but a copy of references.
    public func build() -> Snapshot {
        Snapshot(
            apis: apis, contexts: contexts, applications: applications, policies: policies, credentials: credentials,
            denials: denials, customRules: customRules, tokenKeys: tokenKeys, globalPolicies: globalPolicies, logging: logging,
            upstreamTrust: upstreamTrust, healthChecks: healthChecks.all)
    }

    /// Forgets revocations of tokens that have expired by themselves. Call it every few minutes.
    public mutating func forgetRevocations(expiredBefore milliseconds: Int64) {
        for (tokenID, expires) in revocations where expires < milliseconds {
            revocations[tokenID] = nil
            credentials.removeRevocation(tokenID: tokenID)
        }
        for (key, rule) in revocationRules where rule.expiresMilliseconds < milliseconds { removeRevocationRule(key) }
    }

    private mutating func put(_ entity: GatewayEntity) {
        switch entity {
        case .api(let api): put(api, key: entity.key)
        case .application(let application): put(application)
        case .keyMapping(let mapping): put(mapping, key: entity.key)
        case .subscription(let subscription): put(subscription)
        case .policy(let policy): put(policy)
        case .denyPolicy(let policy): denials.set(policy)
        case .customRule(let rule): customRules.set(rule)
        case .logging(.api(let log)): logging.set(log, apiIdentity: apiIdentities.slot(for: log.apiID))
        case .logging(.correlation(let isEnabled)): logging.correlates = isEnabled
        case .keyManager(let manager): credentials.setKeyManager(CompiledKeyManager(manager), for: entity.key)
        case .revocation(let revocation):
            revocations[revocation.tokenID] = revocation.expiresMilliseconds
            credentials.set(revocation)
        case .revocationRule(let rule):
            revocationRules[entity.key] = rule
            credentials.set(rule)
        case .clientCertificate(let certificate): put(certificate, key: entity.key)
        case .apiKey(let key): put(key)
        case .apiKeyHashing(let hashing): credentials.set(hashing)
        case .tokenKey(let key): tokenKeys.set(CompiledTokenKey(key), tenant: key.tenant)
        case .endpointCertificate(let certificate): setEndpointCertificate(certificate, key: entity.key)
        case .globalPolicies(let policies):
            globalPolicies.set(flowCompiler.compile(policies.flows), for: entity.key)
        }
    }

    private mutating func remove(_ kind: GatewayEntity.Kind, _ key: String) {
        switch kind {
        case .api: removeAPI(key)
        case .application:
            guard let slot = applicationSlots.existing(key) else { return }
            applications[slot] = nil
            credentials.removeApplication(id: key)
        case .keyMapping:
            if let mapping = mappings.removeValue(forKey: key) { credentials.remove(mapping) }
        case .subscription:
            if let subscription = subscriptions.removeValue(forKey: key) { credentials.remove(subscription) }
        case .policy: if let slot = policySlots.existing(key) { policies[slot] = nil }
        case .denyPolicy: denials.remove(id: key)
        case .customRule: customRules.remove(id: key)
        case .logging: logging.remove(key: key)
        case .keyManager: credentials.setKeyManager(nil, for: key)
        case .revocation:
            revocations[key] = nil
            credentials.removeRevocation(tokenID: key)
        case .revocationRule: removeRevocationRule(key)
        case .clientCertificate: removeClientCertificate(key)
        case .apiKey: if let old = apiKeys.removeValue(forKey: key) { credentials.remove(old) }
        case .apiKeyHashing: credentials.set(GatewayAPIKeyHashing?.none)
        case .tokenKey: if let tenant = Int(key) { tokenKeys.set(nil, tenant: tenant) }
        case .endpointCertificate: setEndpointCertificate(nil, key: key)
        case .globalPolicies: globalPolicies.set(nil, for: key)
        }
    }

    // MARK: APIs

    private mutating func put(_ api: GatewayAPI, key: String) {
        removeAPI(key)
        let slot = apiSlots.slot(for: key)
        let compiled = CompiledAPI(
            api, identity: apiIdentities.slot(for: api.id), authorizationHeader: defaults.authorizationHeader,
            globalPolicies: globalPolicies.slot(for: "\(api.tenant)/\(api.environment)"),
            policySlot: { policySlot(api.tenant, $0, $1) }, cors: { cors.compile(api.cors, header: $0) },
            endpoints: { endpoints.compile($0, tenant: api.tenant) },
            flows: flowCompiler.compiler(for: api))
        apis[slot] = compiled
        healthChecks.set(compiled.backends, for: slot)
        let hosts = api.hosts.map { Array($0.lowercased().utf8) }
        let workingSet = compiled.workingSet
        contexts.insert(.init(api: slot, isDefaultVersion: false, hosts: hosts, workingSet: workingSet), at: compiled.context)
        if let context = compiled.defaultContext {
            contexts.insert(.init(api: slot, isDefaultVersion: true, hosts: hosts, workingSet: workingSet), at: context)
        }
    }

    private mutating func removeAPI(_ key: String) {
        guard let slot = apiSlots.release(key), let api = apis[slot] else { return }
        contexts.remove(api: slot, at: api.context)
        if let context = api.defaultContext { contexts.remove(api: slot, at: context) }
        apis[slot] = nil
        healthChecks.remove(slot)
    }

    private mutating func setEndpointCertificate(_ certificate: GatewayEndpointCertificate?, key: String) {
        for name in endpointCertificates.set(certificate, for: key) {
            let trust = endpointCertificates.trust(for: name)
            upstreamTrust.set(trust, for: name, pool: endpoints.pool(name))
            upstreamTrust.set(trust, for: name, pool: endpoints.pool(EndpointRegister.http2Name(name)))
        }
    }

    private mutating func put(_ policy: GatewayPolicy) {
        let slot = policySlot(policy.tenant, policy.level, policy.name)
        if slot >= 0 { policies[slot] = CompiledPolicy(policy, kinds: defaults.conditions) }
    }

    /// The slot of a policy, whether the policy is known yet or not; -1 for those that limit nothing.
    private mutating func policySlot(_ tenant: Int, _ level: GatewayPolicy.Level, _ name: String) -> Int32 {
        if name.isEmpty || name == "Unlimited" { return -1 }
        return policySlots.slot(for: "\(tenant)/\(level.rawValue)/\(name)")
    }

    // MARK: Applications and subscriptions

    private mutating func put(_ application: GatewayApplication) {
        let slot = applicationSlots.slot(for: application.id)
        let policy = policySlot(application.tenant, .application, application.policy)
        applications[slot] = CompiledApplication(application, policy: policy)
        credentials.setApplication(id: application.id, number: application.number, slot: slot)
    }

    private mutating func put(_ mapping: GatewayKeyMapping, key: String) {
        let compiled = CompiledKeyMapping(mapping, application: applicationSlots.slot(for: mapping.applicationID))
        mappings[key] = compiled
        credentials.set(compiled)
    }

    private mutating func put(_ certificate: GatewayClientCertificate, key: String) {
        removeClientCertificate(key)
        let compiled = CompiledClientCertificate(
            certificate, key: key, apiIdentity: apiIdentities.slot(for: certificate.apiID),
            policy: policySlot(certificate.tenant, .subscription, certificate.policy))
        guard let compiled else { return }
        clientCertificates[key] = compiled
        credentials.set(compiled)
    }

    private mutating func put(_ key: GatewayAPIKey) {
        if let old = apiKeys[key.id] { credentials.remove(old) }
        let compiled = CompiledAPIKey(key, apiIdentity: key.apiID.map { apiIdentities.slot(for: $0) } ?? -1)
        apiKeys[key.id] = compiled
        credentials.set(compiled)
    }

    private mutating func removeClientCertificate(_ key: String) {
        if let certificate = clientCertificates.removeValue(forKey: key) { credentials.remove(certificate) }
    }

    private mutating func removeRevocationRule(_ key: String) {
        if let rule = revocationRules.removeValue(forKey: key) { credentials.remove(rule) }
    }

    private mutating func put(_ subscription: GatewaySubscription) {
        if let old = subscriptions[subscription.id] { credentials.remove(old) }
        let compiled = CompiledSubscription(
            subscription, application: applicationSlots.slot(for: subscription.applicationID),
            apiIdentity: apiIdentities.slot(for: subscription.apiID),
            policy: policySlot(subscription.tenant, .subscription, subscription.policy))
        subscriptions[subscription.id] = compiled
        credentials.set(compiled)
    }
}

extension GatewayCORS {
    /// The rules of a gateway whose configuration says nothing (`docs/cors.md`).
    public static let gatewayDefault = GatewayCORS(
        origins: ["*"],
        headers: [
            "authorization", "Access-Control-Allow-Origin", "Content-Type", "SOAPAction", "apikey", "Internal-Key",
        ],
        methods: ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"], exposedHeaders: [], allowsCredentials: false)
}
