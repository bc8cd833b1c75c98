import Synchronization

/// Answers of upstreams, kept for all event loops of the gateway in bounded memory: what was used longest ago makes room.
///
/// Only requests to APIs that want it come here, so the lock is not on the way of the others.
public final class ResponseCache: Sendable {
    /// Answers to one target that differ by `Vary` or by who asks; more than that are not worth looking through.
    private static let variants = 32

    private let state: Mutex<ResponseStore>
    /// Bytes of the longest body that is kept.
    let longestBody: Int
    /// How long a request waits for the answer to an equal one that is under way; 0: not at all.
    let waitMilliseconds: Int64
    let collapsed = CollapsedRequests()

    /// - Parameters:
    ///   - bytes: memory for all answers together.
    ///   - longestBody: bytes of the longest body that is kept.
    ///   - waitMilliseconds: how long a request waits for the answer to an equal one that is under way; 0: not at all.
    public init(bytes: Int = 64 << 20, longestBody: Int = 1 << 20, waitMilliseconds: Int64 = 5_000) {
        self.longestBody = longestBody
        self.waitMilliseconds = waitMilliseconds
        state = Mutex(ResponseStore(limit: bytes, variants: Self.variants))
    }

    /// Bytes of all answers that are kept.
    public var bytes: Int { state.withLock { $0.bytes } }
    /// How many are kept.
    public var count: Int { state.withLock { $0.count } }

    func find(_ key: CacheKey, _ request: RequestDraft) -> CachedAnswer? {
        state.withLock { $0.answers(for: key) }.first { $0.answers(request) }
    }

    /// Notes that an answer was used.
    func touch(_ key: CacheKey, _ answer: CachedAnswer) { state.withLock { $0.touch(key, answer) } }

    /// Keeps an answer in the place of one to the same request.
    func keep(_ answer: CachedAnswer, for key: CacheKey) { state.withLock { $0.keep(answer, for: key) } }

    func remove(_ answer: CachedAnswer, for key: CacheKey) { state.withLock { $0.remove(answer, for: key) } }

    /// Forgets all answers to a target, whoever asked.
    func removeAll(_ target: CacheKey.Target) { state.withLock { $0.removeAll(target) } }
}

/// What an answer is kept under.
struct CacheKey: Hashable, Sendable {
    /// A resource of a deployed API.
    struct Target: Hashable, Sendable {
        /// The deployment, so that nothing of an earlier revision is ever used.
        var deployment: UInt64
        var backend: Int
        var isSandbox: Bool
        /// Path and query as they go to the upstream.
        var path: [UInt8]
    }

    var target: Target
    /// What the gateway tells the upstream about who calls, for instance a backend token: an answer may depend on it.
    var caller: [UInt8]
}
