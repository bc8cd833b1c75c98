import Synchronization

/// The name of one counter, with its place in ``QuotaCounters`` once that is known. Several objects with one key share the counter.
public final class QuotaBucket: Sendable {
    /// For instance `subscription:12:/pizza/1.0.0:1.0.0:Gold`.
    public let key: String
    /// Place as generation and index + 1; 0 before the first use.
    let place = Atomic<UInt64>(0)

    public init(key: String) { self.key = key }
}
