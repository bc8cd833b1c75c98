import Synchronization

/// Counts the work on a database, so that closing it can wait for the end: SQLite crashes when a closed database is used.
final class RunningWork: Sendable {
    private struct State {
        var count = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Runs `body`; throws ``StorageError/closed`` instead once closing has begun.
    func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try state.withLock { state in
            if state.isClosed { throw StorageError.closed }
            state.count += 1
        }
        defer { end() }
        return try await body()
    }

    /// Refuses further work and returns when nothing runs any more; `true` for the first caller only.
    func close() async -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.count > 0 { state.waiting.append(continuation) }
                return state.count == 0
            }
            if isIdle { continuation.resume() }
        }
        return isFirst
    }

    private func end() {
        let waiting = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
