import InspectionAPI
import Synchronization

/// Whether this node should get traffic: not before it serves everything that it should, and not from when it is told to stop.
final class Readiness: Sendable {
    enum State: UInt8, AtomicRepresentable {
        case starting, ready, stopping
    }

    private let current = Atomic(State.starting)

    var state: State { current.load(ordering: .acquiring) }
    var isReady: Bool { state == .ready }

    /// Everything is there. A node that is stopping does not become ready any more.
    func set() {
        _ = current.compareExchange(expected: .starting, desired: .ready, ordering: .acquiringAndReleasing)
    }

    /// The node is told to stop.
    func end() { current.store(.stopping, ordering: .releasing) }
}

extension Readiness.State {
    /// As the readiness check shows it.
    var shown: ReadinessHandlers.State {
        switch self {
        case .starting: .starting
        case .ready: .ready
        case .stopping: .stopping
        }
    }
}

extension ReadinessHandlers.State {
    /// As health shows it.
    var text: String {
        switch self {
        case .starting: "STARTING"
        case .ready: "UP"
        case .stopping: "STOPPING"
        }
    }
}
