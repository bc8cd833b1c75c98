import Model

/// What gateways have counted of some counters.
public struct QuotaUse: Sendable, Hashable {
    /// What one gateway knows.
    public struct Share: Sendable, Hashable {
        /// The gateway's id.
        public var gateway: String
        /// What was used of each counter in its current window, in the order of the names that were asked for.
        public var used: [Int64]

        public init(gateway: String, used: [Int64]) {
            self.gateway = gateway
            self.used = used
        }
    }

    /// Whether the gateways count together, so that every share tells the same sum; else each counts by itself.
    public var isShared: Bool
    public var shares: [Share]
    /// Ids of live gateways that did not tell.
    public var silent: [String]

    public init(isShared: Bool, shares: [Share], silent: [String] = []) {
        self.isShared = isShared
        self.shares = shares
        self.silent = silent
    }
}

/// Knows what the gateways have counted.
public protocol QuotaUsage: Sendable {
    /// - Parameter tenant: whose counters they are: gateways that do not serve it are not asked.
    func use(of counters: [CounterName], tenant: Tenant) async -> QuotaUse
}
