import Counters
import Model
import Synchronization

/// A deployed API as the pipeline works with it: nothing of the definition that no request needs.
final class CompiledAPI: Sendable {
    // What every request reads comes first: it lies in as few lines of the processor's cache as it can.

    /// The API in all its deployments.
    let identity: Int32
    let transports: TransportSet
    let isBlocked: Bool
    /// Deployed before it was published: only test keys work.
    let isUnpublished: Bool
    /// Whether any of ``backends`` asks for a credential of the gateway's own.
    let hasEndpointSecurity: Bool
    /// The only type of keys that is taken; `nil` for both.
    let keyType: KeyType?
    let tenant: Int
    /// Header lines that tell callers of a deprecated API of it; empty for others.
    let deprecationLines: [UInt8]
    let cors: CompiledCORS?
    let resources: ResourceTrie
    let operations: [CompiledOperation]
    /// Where calls go, by ``CompiledOperation/backend``: one for an API, one for each source API of a product.
    let backends: [CompiledBackend]
    /// Slot of the API-level policy; -1 if the operations' policies count.
    let policy: Int32
    /// Slot of the business plan for calls without credential.
    let anonymousPolicy: Int32
    let bucket: QuotaBucket
    /// How long answers are kept at most, in seconds; 0 for not at all.
    let cacheSeconds: Int
    /// The members of events that tell of the API.
    let eventMembers: [UInt8]
    /// `"apiContext":…`.
    let contextMember: [UInt8]
    let security: SecurityRules

    /// Slot of the business plan for calls without subscription, if the API needs none; else -1.
    let subscriptionlessPolicy: Int32
    /// Where the policies lie that gateways apply to all APIs.
    let globalPolicies: Int32
    let subscriptionlessBucket: QuotaBucket
    /// Key of the deployment, as ``GatewayEntity/key``.
    let key: String
    let id: String
    let number: Int
    let tenantDomain: String
    let provider: String
    let name: [UInt8]
    let version: String
    /// The context as it is written in the definition.
    let contextPath: [UInt8]
    let context: [UInt8]
    let defaultContext: [UInt8]?
    let isSOAP: Bool
    /// Tells the deployment from all others of the process.
    let deployment: UInt64

    /// - Parameters:
    ///   - authorizationHeader: the one of APIs that name none.
    ///   - policySlot: gives each policy of a level its slot.
    ///   - cors: makes the cross-origin rules for an API with this authorization header.
    ///   - endpoints: makes the endpoints of a key type.
    ///   - flows: makes the policies of an operation.
    init(
        _ api: GatewayAPI, identity: Int32, authorizationHeader: String, globalPolicies: Int32,
        policySlot: (GatewayPolicy.Level, String) -> Int32, cors: (String) -> CompiledCORS?,
        endpoints: (GatewayEndpointGroup?) -> CompiledEndpointGroup?, flows: (GatewayOperation) -> CompiledFlows?
    ) {
        key = GatewayEntity.api(api).key
        self.identity = identity
        id = api.id
        number = api.number
        tenant = api.tenant
        tenantDomain = api.tenantDomain
        self.globalPolicies = globalPolicies
        provider = api.provider
        name = Array(api.name.utf8)
        version = api.version
        contextPath = Array(api.context.utf8)
        context = Self.contextBytes(api.context)
        defaultContext = api.defaultContext.map(Self.contextBytes)
        isSOAP = api.type == "SOAP"
        isBlocked = api.lifecycleState == "BLOCKED"
        isUnpublished = api.lifecycleState == "CREATED"
        deprecationLines = DeprecationFields.lines(of: api)
        let rules = SecurityRules(api, defaultHeader: authorizationHeader)
        security = rules
        keyType = api.keyType
        // A certificate can only be shown over TLS.
        transports = rules.acceptsMutualTLS ? .https : TransportSet(names: api.transports)
        self.cors = cors(rules.authorizationHeaderName)
        policy = api.policy.map { policySlot(.api, $0) } ?? -1
        anonymousPolicy = policySlot(.subscription, ThrottlingPolicy.unauthenticatedPlanName)
        subscriptionlessPolicy =
            api.requiresSubscription ? -1 : policySlot(.subscription, ThrottlingPolicy.subscriptionlessPlanName)
        cacheSeconds = max(0, api.responseCacheSeconds ?? 0)
        deployment = Self.deployments.wrappingAdd(1, ordering: .relaxed).newValue
        let quotaKey = "\(api.context):\(api.version)"
        bucket = QuotaBucket(key: "api:" + quotaKey)
        subscriptionlessBucket = QuotaBucket(key: "subscriptionless:" + quotaKey)
        let known = CompiledBackend.all(of: api, endpoints: endpoints)
        backends = known + [.none]
        let hasVariables = known.contains { $0.hasTemplates }
        hasEndpointSecurity = known.contains { $0.production?.security != nil || $0.sandbox?.security != nil }
        operations = api.operations.map {
            CompiledOperation(
                $0, quotaKey: "\(api.context)/\(api.version)", policy: policySlot(.api, $0.policy), flows: flows($0),
                backend: known.indices.contains($0.member ?? 0) ? $0.member ?? 0 : known.count,
                hasVariables: hasVariables)
        }
        resources = Self.trie(api.operations)
        eventMembers = EventMembers.join([
            ("apiId", api.id), ("apiType", api.type), ("apiName", api.name), ("apiVersion", api.version),
            ("apiCreator", api.provider), ("apiCreatorTenantDomain", api.tenantDomain),
        ])
        contextMember = EventMembers.join([("apiContext", api.context)])
    }

    /// What nearly every request of the API reads, except for its operation.
    var workingSet: WorkingSet {
        var set = WorkingSet()
        set.add(self, bytes: 256)
        resources.add(to: &set)
        set.add(operations)
        set.add(backends, most: 32)
        backends[0].add(to: &set)
        set.add(bucket, bytes: 48)
        return set
    }

    private static let deployments = Atomic<UInt64>(0)

    /// The context in the spelling of requests, without trailing slash; empty for `/`.
    private static func contextBytes(_ context: String) -> [UInt8] {
        var bytes = PathNormalization.definition(context)
        while bytes.last == 0x2f { bytes.removeLast() }
        return bytes.first == 0x2f || bytes.isEmpty ? bytes : [0x2f] + bytes
    }

    private static func trie(_ operations: [GatewayOperation]) -> ResourceTrie {
        let builder = ResourceTrieBuilder()
        for (index, operation) in operations.enumerated() {
            if let verb = Verb(name: operation.verb) { builder.add(operation.target, verb, operation: Int32(index)) }
        }
        return builder.build()
    }
}

/// The transports that an API is offered on.
struct TransportSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let http = TransportSet(rawValue: 1)
    static let https = TransportSet(rawValue: 2)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Without any name an API is offered on both.
    init(names: [String]) {
        var set = TransportSet()
        for name in names {
            switch name.lowercased() {
            case "http": set.insert(.http)
            case "https": set.insert(.https)
            default: continue
            }
        }
        self = set.isEmpty ? [.http, .https] : set
    }
}
