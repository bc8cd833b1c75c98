import Synchronization

/// Spans that wait to be sent. Bounded: what finds no room is dropped and counted, so that a tracing system that is slow or gone holds
/// nothing up.
public final class SpanQueue: Sendable {
    private struct State {
        var spans: [TraceSpan] = []
        var dropped = 0
        var sent = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    public init(capacity: Int) { self.capacity = capacity }

    /// Never blocks for longer than another thread copies a span.
    public func add(_ spans: [TraceSpan]) {
        state.withLock { state in
            guard state.spans.count + spans.count <= capacity else {
                state.dropped += spans.count
                return
            }
            state.spans += spans
        }
    }

    /// Takes up to `count` of the oldest out.
    public func take(_ count: Int) -> [TraceSpan] {
        state.withLock { state in
            let taken = Array(state.spans.prefix(count))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Puts back what could not be sent, in front; what then has no room is dropped.
    public func giveBack(_ spans: [TraceSpan]) {
        state.withLock { state in
            let kept = spans.suffix(max(0, capacity - state.spans.count))
            state.dropped += spans.count - kept.count
            state.spans.insert(contentsOf: kept, at: 0)
        }
    }

    public var count: Int { state.withLock { $0.spans.count } }
    /// Spans that nobody will get.
    public var dropped: Int { state.withLock { $0.dropped } }
    /// Spans that were taken by the tracing system.
    public var sent: Int { state.withLock { $0.sent } }

    public func noteSent(_ count: Int) { state.withLock { $0.sent += count } }
    public func noteDropped(_ count: Int) { state.withLock { $0.dropped += count } }
}
