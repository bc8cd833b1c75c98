import Dispatch
import Glibc
import Synchronization

/// Threads that each own a PostgreSQL session and work on one bounded queue. libpq blocks, and must not block the threads of Swift's
/// tasks.
final class ConnectionThreads: Sendable {
    private typealias Job = @Sendable (PostgreSQLSession) -> Void

    private struct State {
        var queue: [Job] = []
        var running: Int
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    /// Counts queued jobs and, after closing, one more for each thread.
    private let work = DispatchSemaphore(value: 0)
    private let count: Int
    static let maximumQueue = 10_000

    init(count: Int, session: @escaping @Sendable () -> PostgreSQLSession) throws {
        self.count = count
        state = Mutex(State(running: count))
        for _ in 0..<count {
            try ThreadBody { [self] in
                let session = session()
                while let job = next() { job(session) }
                finished()
            }.start()
        }
    }

    /// Runs `body` on the next free thread.
    func run<Result: Sendable>(_ body: @escaping @Sendable (PostgreSQLSession) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try enqueue { session in continuation.resume(with: Swift.Result { try body(session) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Refuses new work, and returns when everything queued is done and the threads have ended.
    func close() async {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst { for _ in 0..<count { work.signal() } }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.running > 0 { state.closing.append(continuation) }
                return state.running == 0
            }
            if isDone { continuation.resume() }
        }
    }

    private func enqueue(_ job: @escaping Job) throws {
        try state.withLock { state in
            if state.isClosed { throw StorageError.closed }
            guard state.queue.count < Self.maximumQueue else {
                throw StorageError.unavailable(message: "more than \(Self.maximumQueue) transactions wait for a connection")
            }
            state.queue.append(job)
        }
        work.signal()
    }

    /// The next job; `nil` when closed and nothing is left.
    private func next() -> Job? {
        work.wait()
        return state.withLock { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
    }

    private func finished() {
        let waiting = state.withLock { state in
            state.running -= 1
            return state.running == 0 ? state.closing : []
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What a thread runs.
private final class ThreadBody: Sendable {
    private let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }

    func start() throws {
        let body = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            throw StorageError.unavailable(message: "no thread for a connection: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }
}
