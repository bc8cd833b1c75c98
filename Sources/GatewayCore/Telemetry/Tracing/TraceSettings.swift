/// Which calls are traced, and who takes their spans (`docs/tracing.md`).
public struct TraceSettings: Sendable {
    /// Takes a call that has ended; must not block.
    public var sink: @Sendable (TracedCall) -> Void
    /// Part of the calls that are traced, from 0 to 1, where no caller has decided.
    public var ratio: Double
    /// Whether a caller's decision counts.
    public var followsCallers: Bool

    public init(ratio: Double = 1, followsCallers: Bool = true, sink: @escaping @Sendable (TracedCall) -> Void) {
        self.ratio = ratio
        self.followsCallers = followsCallers
        self.sink = sink
    }
}
