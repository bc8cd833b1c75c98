/// The part of everything that a gateway learns: the tenants that it loads and the environments that it serves.
public struct FeedScope: Sendable, Hashable {
    /// Numbers of the tenants; `nil` for all, also those that come later.
    public var tenants: Set<Int>?
    /// Names of gateway environments, compared without case; `nil` for all.
    public private(set) var environments: Set<String>?

    public init(tenants: Set<Int>? = nil, environments: Set<String>? = nil) {
        self.tenants = tenants
        self.environments = environments.map { Set($0.map { $0.lowercased() }) }
    }

    /// Everything.
    public static let all = FeedScope()

    /// Whether the gateway learns an entity. `tenant` is `nil` where it is not known, which is no reason to hide a removal.
    public func includes(_ kind: GatewayEntity.Kind, key: String, tenant: Int?) -> Bool {
        if let tenants, let tenant, !tenants.contains(tenant), !Self.concernsEverybody(kind, key, tenant) { return false }
        guard kind == .api || kind == .globalPolicies, let environments else { return true }
        return environments.contains(GatewayEntity.environment(inKey: key).lowercased())
    }

    /// Custom rules and the correlation log are the super tenant's and concern everybody's calls; global key managers and the secret of API
    /// keys belong to no tenant.
    private static func concernsEverybody(_ kind: GatewayEntity.Kind, _ key: String, _ tenant: Int) -> Bool {
        kind == .customRule || kind == .apiKeyHashing || kind == .keyManager && tenant == GatewayKeyManager.everyTenant
            || kind == .logging && key == GatewayLogging.correlationKey
    }

    public func includes(_ change: GatewayChange) -> Bool {
        switch change {
        case .put(let entity): includes(entity.kind, key: entity.key, tenant: entity.tenant)
        case .remove(let kind, let key): includes(kind, key: key, tenant: nil)
        }
    }
}

extension GatewayEntity {
    /// The environment in the key of an API or of policies for all APIs: what comes after the first slash.
    public static func environment(inKey key: String) -> String {
        key.firstIndex(of: "/").map { String(key[key.index(after: $0)...]) } ?? ""
    }

    /// The key of an API's deployment on an environment.
    public static func apiKey(id: String, environment: String) -> String { "\(id)/\(environment)" }
}
