import Synchronization

/// Tells all event loops of a gateway that it is about to stop: each answer from now on closes its connection, so that clients go
/// elsewhere by themselves before the listeners close.
public final class DrainSignal: Sendable {
    private let flag = Atomic(false)

    public init() {}

    /// Whether the gateway is about to stop.
    @inline(__always)
    var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// Has clients told from now on.
    public func raise() { flag.store(true, ordering: .relaxed) }
}
