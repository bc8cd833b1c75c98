import Model
import Storage

/// Which gateway is meant: ids are unique for the tenant whose token the gateway uses.
public struct GatewayIdentity: Sendable, Hashable {
    /// The tenant's number.
    public var owner: Int
    public var id: String

    public init(owner: Int, id: String) {
        self.owner = owner
        self.id = id
    }

    public init(_ instance: GatewayInstance) { self.init(owner: instance.owner.id, id: instance.id) }
}

/// A sign of life.
public struct GatewaySign: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var milliseconds: Int64
    public var isConnected: Bool
    /// `nil`: as before.
    public var acknowledged: Int64?
    /// `nil`: as before.
    public var failures: [GatewayInstance.Failure]?

    public init(
        milliseconds: Int64, isConnected: Bool, acknowledged: Int64? = nil, failures: [GatewayInstance.Failure]? = nil
    ) {
        self.milliseconds = milliseconds
        self.isConnected = isConnected
        self.acknowledged = acknowledged
        self.failures = failures
    }
}

/// How long a silent gateway counts as active, and how long it is remembered.
public struct GatewayExpiry: Sendable, Hashable {
    public var activeMilliseconds: Int64
    public var retainedMilliseconds: Int64

    public init(activeMilliseconds: Int64 = 120_000, retainedMilliseconds: Int64 = 2_629_800_000) {
        self.activeMilliseconds = activeMilliseconds
        self.retainedMilliseconds = retainedMilliseconds
    }
}

/// The gateway processes that have registered, in the database, so that every node of the control plane sees all of them.
public struct GatewayInstances: Sendable {
    private let changes: ChangeStore
    let expiry: GatewayExpiry

    public init(changes: ChangeStore, expiry: GatewayExpiry = GatewayExpiry()) {
        self.changes = changes
        self.expiry = expiry
    }

    /// The gateways that serve the tenant.
    public func list(for tenant: Tenant) async throws -> [GatewayInstance] {
        let all = try await changes.read { try GatewayInstanceTable.all(for: tenant, in: $0) }
        return all.filter { $0.owner.id == tenant.id || $0.tenants.isEmpty || $0.tenants.contains(tenant.domain) }
    }

    /// Enters a gateway that has connected, and forgets those that have been silent for too long.
    public func register(_ instance: GatewayInstance, session: String) async throws {
        let oldest = instance.activeMilliseconds - expiry.retainedMilliseconds
        try await changes.store.write { transaction in
            try GatewayInstanceTable.deleteSilent(since: oldest, in: transaction)
            try GatewayInstanceTable.put(instance, session: session, in: transaction)
        }
    }

    /// Notes signs of life. Returns the sessions that are still their gateway's current ones.
    @discardableResult
    public func note(_ signs: [(gateway: GatewayIdentity, session: String, sign: GatewaySign)]) async throws -> Set<String> {
        guard !signs.isEmpty else { return [] }
        return try await changes.store.write { transaction in
            var current: Set<String> = []
            for (gateway, session, sign) in signs
            where try GatewayInstanceTable.touch(gateway, session: session, sign, in: transaction) {
                current.insert(session)
            }
            return current
        }
    }

    /// The gateways with an open feed, on whatever node, that do not work with all changes up to `sequence`.
    func behind(_ sequence: Int64, now milliseconds: Int64) async throws -> [(gateway: GatewayIdentity, acknowledged: Int64)] {
        let after = milliseconds - expiry.activeMilliseconds
        return try await changes.read { try GatewayInstanceTable.behind(sequence, activeAfter: after, in: $0) }
    }

    /// Whether the gateway gave a sign of life lately.
    public func isActive(_ instance: GatewayInstance, now milliseconds: Int64) -> Bool {
        milliseconds - instance.activeMilliseconds < expiry.activeMilliseconds
    }
}
