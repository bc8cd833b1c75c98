/// A moment on both clocks.
public struct WireInstant: Sendable, Equatable {
    /// Monotonic, for durations and deadlines.
    public var nanoseconds: UInt64
    /// Since 1970, for windows, expiry and log lines.
    public var epochMilliseconds: Int64

    public init(nanoseconds: UInt64, epochMilliseconds: Int64) {
        self.nanoseconds = nanoseconds
        self.epochMilliseconds = epochMilliseconds
    }

    /// The monotonic clock in the unit of deadlines.
    public var milliseconds: Int64 { Int64(truncatingIfNeeded: nanoseconds / 1_000_000) }
}

/// What the connections of one event loop share: the pipeline, the limits and the scratch buffers. Confined to its loop.
public final class WireContext {
    public let pipeline: RequestPipeline
    public let limits: WireLimits
    public let timeouts: WireTimeouts
    /// What the last call of a connection wants sent to its client; the transport sends and empties it before it calls any connection again.
    public let toClient = OutputBuffer(capacity: 8192)
    /// The same towards the upstream.
    public let toUpstream = OutputBuffer(capacity: 8192)
    /// Whether requests that ask for another protocol are for another transport.
    public var handsOver = false
    /// Set once when the gateway stops: answers close their connections.
    public var isDraining = false
    /// Whether answers close their connections, because the gateway stops or is about to.
    var endsConnections: Bool { isDraining || pipeline.drain.isRaised }
    /// What this loop may hold together with the others of its gateway.
    package let allowance: GatewayAllowance
    /// The head being rewritten; never kept between calls.
    var response: ResponseHead
    private let responseFields = FieldTable(capacity: 32)
    var date = DateField()

    /// - Parameter allowance: shared with the other loops of the gateway; `nil` for a loop that is alone.
    public init(
        pipeline: RequestPipeline, limits: WireLimits = WireLimits(), timeouts: WireTimeouts = WireTimeouts(),
        allowance: GatewayAllowance? = nil
    ) {
        self.pipeline = pipeline
        self.limits = limits
        self.timeouts = timeouts
        self.allowance = allowance ?? GatewayAllowance(connections: .max, upstreamConnections: .max, limits: limits)
        response = ResponseHead(base: toClient.start, fields: responseFields)
    }
}
