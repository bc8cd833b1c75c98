/// A gateway process as the control plane knows it.
public struct GatewayInstance: Sendable, Hashable {
    /// Something that the gateway could not take from the feed; it goes on with what it had.
    public struct Failure: Sendable, Hashable, Codable {
        public var kind: String
        public var key: String
        public var message: String

        public init(kind: String, key: String, message: String) {
            self.kind = kind
            self.key = key
            self.message = message
        }
    }

    /// Configured, or chosen once and kept in the gateway's data directory.
    public var id: String
    /// The tenant whose token it uses; the super tenant for gateways inside of control planes.
    public var owner: Tenant
    /// Name of the token; `nil` for a gateway inside of a control plane.
    public var token: String?
    public var environments: [String]
    /// Domains; empty for all.
    public var tenants: [String]
    public var host: String
    /// Version of the gateway's program.
    public var version: String
    /// Milliseconds since 1970.
    public var startedMilliseconds: Int64
    /// The last sign of life.
    public var activeMilliseconds: Int64
    /// Whether its feed was open at the last sign of life.
    public var isConnected: Bool
    /// The last change that all its event loops work with.
    public var acknowledged: Int64
    public var failures: [Failure]

    public init(
        id: String, owner: Tenant, token: String?, environments: [String], tenants: [String], host: String, version: String,
        startedMilliseconds: Int64, activeMilliseconds: Int64, isConnected: Bool, acknowledged: Int64,
        failures: [Failure] = []
    ) {
        self.id = id
        self.owner = owner
        self.token = token
        self.environments = environments
        self.tenants = tenants
        self.host = host
        self.version = version
        self.startedMilliseconds = startedMilliseconds
        self.activeMilliseconds = activeMilliseconds
        self.isConnected = isConnected
        self.acknowledged = acknowledged
        self.failures = failures
    }

    /// Whether the gateway serves an environment of a tenant.
    public func serves(_ environment: String, of tenant: Tenant) -> Bool {
        guard owner.isSuper || owner.id == tenant.id else { return false }
        guard tenants.isEmpty || tenants.contains(tenant.domain) else { return false }
        return environments.isEmpty || environments.contains { $0.lowercased() == environment.lowercased() }
    }
}
