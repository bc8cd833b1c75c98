import Synchronization

/// The newest records of one event loop.
final class DecisionRing: Sendable {
    private struct State {
        /// Grows up to the capacity; then the oldest is overwritten.
        var entries: [DecisionJournal.Entry] = []
        /// Number of the next record.
        var next = 0
        /// Number of the first record that was not handed on.
        var untaken = 0
        var second: Int64 = -1
        var writtenInSecond = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let recordsPerSecond: Int

    init(capacity: Int, recordsPerSecond: Int) {
        self.capacity = capacity
        self.recordsPerSecond = recordsPerSecond
    }

    /// Whether one more record may be written; counts it.
    func admits(nowMilliseconds: Int64) -> Bool {
        state.withLock { state in
            if state.second != nowMilliseconds / 1000 {
                state.second = nowMilliseconds / 1000
                state.writtenInSecond = 0
            }
            state.writtenInSecond += 1
            return state.writtenInSecond <= recordsPerSecond
        }
    }

    func append(_ entry: DecisionJournal.Entry) {
        state.withLock { state in
            if state.entries.count < capacity {
                state.entries.append(entry)
            } else {
                state.entries[state.next % capacity] = entry
            }
            state.next += 1
        }
    }

    func find(_ id: [UInt8]) -> [DecisionJournal.Entry] {
        state.withLock { state in
            numbers(state, from: 0).map { state.entries[$0 % capacity] }.filter { $0.requestID == id || $0.activityID == id }
        }
    }

    func takeNew(limit: Int) -> [DecisionJournal.Entry] {
        state.withLock { state in
            let numbers = numbers(state, from: state.untaken).prefix(limit)
            state.untaken = numbers.upperBound
            return numbers.map { state.entries[$0 % capacity] }
        }
    }

    /// The numbers of the records that are there, from `first` on.
    private func numbers(_ state: State, from first: Int) -> Range<Int> {
        min(state.next, max(first, state.next - state.entries.count))..<state.next
    }
}
