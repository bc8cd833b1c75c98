import Synchronization

/// How the exchange of counts with other nodes goes; read by health reports.
public final class SharedCounterStatus: Sendable {
    /// What a report says.
    public struct Report: Sendable, Equatable {
        /// Whether counts are exchanged. If not, this node counts alone: nothing is refused for that reason.
        public var isConnected: Bool
        /// Why not, or why not the last time; `nil` if there never was a failure.
        public var lastFailure: String?
        /// Counters whose counts the other nodes have been told and asked for.
        public var exchangedCounts: Int
        /// Milliseconds of the last round trip.
        public var roundTripMilliseconds: Double
        /// Answers of the store that were errors.
        public var refusedCommands: Int
    }

    private let state = Mutex(
        Report(isConnected: false, lastFailure: nil, exchangedCounts: 0, roundTripMilliseconds: 0, refusedCommands: 0))

    public init() {}

    public var report: Report { state.withLock { $0 } }

    func update(_ change: (inout Report) -> Void) { state.withLock { change(&$0) } }
}
