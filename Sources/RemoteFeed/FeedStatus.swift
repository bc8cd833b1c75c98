import Model
import Synchronization

/// How a gateway stands to its control plane; read by the health endpoint.
public final class FeedStatus: Sendable {
    public struct State: Sendable, Equatable {
        /// Where what the gateway serves came from.
        public enum Source: String, Sendable {
            case nothing = "NONE"
            /// Its own disk: it may be older than what the control plane knows.
            case disk = "DISK"
            case controlPlane = "CONTROL_PLANE"
        }

        public var source = Source.nothing
        public var isConnected = false
        /// The last change that all event loops work with.
        public var sequence: Int64 = 0
        /// When something was last heard from the control plane, milliseconds since 1970; `nil`: never.
        public var heardMilliseconds: Int64?
        /// Why there is no connection.
        public var problem: String?
        /// Why the memory on the disk is not up to date.
        public var diskProblem: String?
        /// Entities that could not be taken.
        public var failures = 0
    }

    private let state = Mutex(State())

    public init() {}

    public var current: State { state.withLock { $0 } }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
}
