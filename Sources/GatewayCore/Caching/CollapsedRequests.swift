import Synchronization

/// Requests under way whose answers may be kept, so that equal ones wait for these instead of asking the upstream, too
/// (`docs/response-caching.md`). Shared by all event loops of the gateway.
final class CollapsedRequests: Sendable {
    /// What a request has to do.
    enum Turn {
        /// Ask the upstream; others wait for the answer.
        case leads(CollapsingLead)
        /// Wait.
        case follows(CollapsingWait)
        /// Ask the upstream, as the answer is nothing for others.
        case goesAlone
    }

    private struct State {
        var waits: [CacheKey: CollapsingWait] = [:]
        /// Until when answers are taken for such that are not kept, in milliseconds since 1970.
        var unkept: [CacheKey: Int64] = [:]
    }

    /// How long equal requests do not wait for each other after an answer that was not to be kept.
    private static let unkeptMilliseconds: Int64 = 10_000
    private static let mostUnkept = 10_000
    /// Requests that wait for one other.
    private static let mostFollowers = 1_000

    private let state = Mutex(State())

    /// - Parameter mayWait: false for a request that has waited already.
    func turn(of key: CacheKey, mayWait: Bool, nowMilliseconds: Int64) -> Turn {
        state.withLock { state in
            if let wait = state.waits[key] {
                return mayWait && wait.followers.add(1, ordering: .relaxed).newValue <= Self.mostFollowers
                    ? .follows(wait) : .goesAlone
            }
            if let end = state.unkept[key] {
                if nowMilliseconds < end { return .goesAlone }
                state.unkept[key] = nil
            }
            let wait = CollapsingWait()
            state.waits[key] = wait
            return .leads(CollapsingLead(self, key, wait, startedMilliseconds: nowMilliseconds))
        }
    }

    /// The answer is there, or it is known that nobody else gets it.
    fileprivate func end(_ wait: CollapsingWait, _ key: CacheKey, unkeptSince started: Int64?) {
        state.withLock { state in
            if state.waits[key] === wait { state.waits[key] = nil }
            guard let started else { return }
            if state.unkept.count >= Self.mostUnkept { state.unkept.removeAll() }
            state.unkept[key] = started + Self.unkeptMilliseconds
        }
        wait.end()
    }

    /// Requests that others wait for.
    var count: Int { state.withLock { $0.waits.count } }
}

/// Held by the request that others wait for; they go on when it is let go.
final class CollapsingLead {
    private let requests: CollapsedRequests
    private let key: CacheKey
    private let wait: CollapsingWait
    private let startedMilliseconds: Int64
    /// Set when the answer turns out not to be kept, so that the next requests do not wait in vain.
    var isUnkept = false

    fileprivate init(_ requests: CollapsedRequests, _ key: CacheKey, _ wait: CollapsingWait, startedMilliseconds: Int64) {
        self.requests = requests
        self.key = key
        self.wait = wait
        self.startedMilliseconds = startedMilliseconds
    }

    deinit { requests.end(wait, key, unkeptSince: isUnkept ? startedMilliseconds : nil) }
}

/// What requests wait for.
final class CollapsingWait: Sendable {
    private struct State {
        var isOver = false
        var last = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    fileprivate let followers = Atomic(0)
    private let state = Mutex(State())

    /// Returns when the request is over that is waited for, or when the task is cancelled.
    func wait() async {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver, !Task.isCancelled { state.waiting[number] = continuation }
                    return state.waiting[number] == nil
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    fileprivate func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting.removeAll() }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }
}
