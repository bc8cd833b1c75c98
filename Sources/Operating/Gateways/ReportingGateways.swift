import Model
import Storage

/// Gateways that do not follow the feed: agents of other products, which register, give signs of life and report by themselves
/// (`docs/gateways.md`). They belong to the tenant of the administrator with whose account they call.
public struct ReportingGateways: Sendable {
    /// Tells their rows from those of gateways that follow the feed.
    static let session = "reports"

    private let changes: ChangeStore
    private let expiry: GatewayExpiry

    public init(changes: ChangeStore, expiry: GatewayExpiry = GatewayExpiry()) {
        self.changes = changes
        self.expiry = expiry
    }

    /// What a gateway says of itself when it starts.
    public struct Registration: Sendable {
        public var id: String
        public var environments: [String]
        /// Domains; empty for all.
        public var tenants: [String]
        public var host: String

        public init(id: String, environments: [String], tenants: [String], host: String) {
            self.id = id
            self.environments = environments
            self.tenants = tenants
            self.host = host
        }
    }

    /// What became of an API on a gateway.
    public struct Report: Sendable {
        public var gateway: String
        public var apiID: String
        /// `nil` where it was taken off.
        public var revisionID: String?
        public var isFailure: Bool
        /// When it happened, milliseconds since 1970.
        public var milliseconds: Int64
        public var message: String?

        public init(
            gateway: String, apiID: String, revisionID: String?, isFailure: Bool, milliseconds: Int64, message: String?
        ) {
            self.gateway = gateway
            self.apiID = apiID
            self.revisionID = revisionID
            self.isFailure = isFailure
            self.milliseconds = milliseconds
            self.message = message
        }
    }

    /// Enters a gateway. Throws a 400 when one that follows the feed has the id.
    public func register(_ registration: Registration, owner: Tenant, at milliseconds: Int64) async throws {
        let instance = GatewayInstance(
            id: registration.id, owner: owner, token: nil, environments: registration.environments,
            tenants: registration.tenants, host: registration.host, version: "", startedMilliseconds: milliseconds,
            activeMilliseconds: milliseconds,
            // Nobody waits for its acknowledgement of changes: it reads no log of them.
            isConnected: false, acknowledged: 0)
        try await changes.store.write { [expiry] transaction in
            let session = try GatewayInstanceTable.session(ofGateway: registration.id, owner: owner, in: transaction)
            guard session == nil || session == Self.session else { throw CatalogueError.gatewayFollowsFeed(registration.id) }
            try GatewayInstanceTable.deleteSilent(since: milliseconds - expiry.retainedMilliseconds, in: transaction)
            try GatewayReportTable.deleteOrphans(in: transaction)
            try GatewayInstanceTable.put(instance, session: Self.session, in: transaction)
        }
    }

    /// A sign of life. One of a gateway that is not registered, or that follows the feed, changes nothing.
    public func heartbeat(_ id: String, owner: Tenant, at milliseconds: Int64) async throws {
        let sign = GatewaySign(milliseconds: milliseconds, isConnected: false)
        _ = try await changes.store.write { transaction in
            try GatewayInstanceTable.touch(
                GatewayIdentity(owner: owner.id, id: id), session: Self.session, sign, in: transaction)
        }
    }

    /// Takes reports; older ones than those that are there, and those of gateways that are not registered, are left out.
    public func take(_ reports: [Report], owner: Tenant) async throws {
        try await changes.store.write { transaction in
            for report in reports
            where try GatewayInstanceTable.session(ofGateway: report.gateway, owner: owner, in: transaction) == Self.session {
                try GatewayReportTable.put(report, owner: owner, in: transaction)
            }
        }
    }
}
