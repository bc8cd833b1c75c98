import Model
import Synchronization

/// A clock that a test sets.
final class SettableTime: Sendable {
    private let milliseconds = Mutex<Int64>(1_700_000_000_000)

    var now: Int64 { milliseconds.withLock { $0 } }

    func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }

    var source: TimeSource { TimeSource { self.now } }
}
