/// What watches the calls of a gateway beside its access log and events; shared by all of its pipelines.
public struct GatewayObservers: Sendable {
    /// Takes whole lines; must not block.
    public typealias Sink = @Sendable ([UInt8]) -> Void

    /// `nil` where nobody reads metrics.
    public var metrics: GatewayMetrics?
    /// `nil` where calls are not traced.
    public var tracing: TraceSettings?
    /// Where calls of APIs are logged that administrators want to see (`docs/api-logs.md`).
    public var apiLog: Sink?
    /// Where every call is logged while the correlation log is on (`docs/correlation-logs.md`).
    public var correlationLog: Sink?
    /// Bytes of a body that an API log holds at most.
    public var loggedBodyBytes = 16 * 1024

    /// Where refused and traced requests are remembered (`docs/troubleshooting.md`); `nil` for nowhere.
    public var decisions: DecisionJournal?

    public init() {}
}
