import GatewayCore

/// Everything that the transport is told at start.
public struct EpollSettings: Sendable {
    /// Host and port of each listener; port 0 lets the system choose.
    public var addresses: [(host: String, port: Int)]
    /// Event loops, one a core.
    public var loops = 1
    /// Shared with the gateway's loops on other transports. Client connections beyond it are closed at once.
    public var allowance: GatewayAllowance
    public var limits = WireLimits()
    public var timeouts = WireTimeouts()
    public var upstreams = UpstreamLimits()
    /// What is known of a client by its address, given as bytes (4 or 16) and as text; asked once a connection.
    public var facts: @Sendable (_ peer: PeerAddress, _ localPort: UInt16, _ now: WireInstant) -> ConnectionFacts
    /// Take blocks of log lines.
    public var writeAccessLog: (@Sendable ([UInt8]) -> Void)?
    public var writeAnalytics: (@Sendable ([UInt8]) -> Void)?
    /// Serves connections that this transport cannot.
    public var handOver: @Sendable (HandedOverConnection) -> Void

    public init(
        addresses: [(host: String, port: Int)], allowance: GatewayAllowance,
        facts: @escaping @Sendable (_ peer: PeerAddress, _ localPort: UInt16, _ now: WireInstant) -> ConnectionFacts,
        handOver: @escaping @Sendable (HandedOverConnection) -> Void
    ) {
        self.addresses = addresses
        self.allowance = allowance
        self.facts = facts
        self.handOver = handOver
    }
}

/// Bounds of the upstream connections of one loop, beside those of ``EpollSettings/allowance``.
public struct UpstreamLimits: Sendable {
    /// Requests that wait for a connection to one address.
    public var waiters = 1024
    /// How long an unused connection is kept.
    public var idleMilliseconds: Int64 = 30_000
    /// How long a connection serves requests before it gives way to a new one, for which names are looked up anew.
    public var longestMilliseconds: Int64 = 300_000
    public var connectMilliseconds: Int64 = 10_000

    public init() {}
}
