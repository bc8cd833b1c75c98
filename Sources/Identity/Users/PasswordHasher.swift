import Crypto
import Dispatch
import FoundationEssentials
import Model
import Synchronization

/// Hashes and checks passwords on two threads of its own, so that guesses can neither starve the rest nor fill the memory.
///
/// Successful checks are remembered for a while under a keyed hash of password and stored hash: a changed password is never
/// accepted from memory.
public final class PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let time: TimeSource
    private let random: RandomSource
    private let queues = [DispatchQueue(label: "martlet.passwords.0"), DispatchQueue(label: "martlet.passwords.1")]
    private let cacheKey: SymmetricKey
    private let state = Mutex(State())
    /// What the password of a user who does not exist is compared with, so that the answer takes as long.
    private let decoy: PasswordHash

    private struct State {
        var waiting = 0
        var turn = 0
        var successes: [[UInt8]: Int64] = [:]
    }

    private static let maximumWaiting = 128
    private static let cacheMilliseconds: Int64 = 300_000
    private static let maximumCached = 10_000

    public init(cost: PasswordCost, time: TimeSource = .system, random: RandomSource = .system) throws {
        self.cost = cost
        self.time = time
        self.random = random
        cacheKey = SymmetricKey(data: random.bytes(32))
        decoy = try PasswordHash(of: Data(random.bytes(16)).base64EncodedString(), cost: cost, random: random)
    }

    /// The text to store for a new password.
    public func hash(_ password: String) async throws -> String {
        try await run { [cost, random] in try PasswordHash(of: password, cost: cost, random: random).text }
    }

    /// Whether `password` is the one that `stored` was made of; `nil` stands for a user who does not exist and takes as long.
    func matches(_ password: String, stored: String?) async throws -> Bool {
        guard let stored, let hash = PasswordHash(stored) else {
            _ = try await run { [decoy] in try decoy.matches(password) }
            return false
        }
        let entry = cacheEntry(password, stored)
        if isRemembered(entry) { return true }
        guard try await run({ try hash.matches(password) }) else { return false }
        remember(entry)
        return true
    }

    private func cacheEntry(_ password: String, _ stored: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data("\(stored)\u{0}\(password)".utf8), using: cacheKey))
    }

    private func isRemembered(_ entry: [UInt8]) -> Bool {
        state.withLock { $0.successes[entry].map { $0 > time.milliseconds } ?? false }
    }

    private func remember(_ entry: [UInt8]) {
        let now = time.milliseconds
        state.withLock { state in
            if state.successes.count >= Self.maximumCached { state.successes = state.successes.filter { $0.value > now } }
            if state.successes.count >= Self.maximumCached { state.successes.removeAll() }
            state.successes[entry] = now + Self.cacheMilliseconds
        }
    }

    /// Runs `work` on one of the two queues; refuses when too many wait already.
    private func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let queue = try state.withLock { state in
            guard state.waiting < Self.maximumWaiting else { throw CatalogueError.tooManySignIns }
            state.waiting += 1
            state.turn = (state.turn + 1) % queues.count
            return queues[state.turn]
        }
        defer { state.withLock { $0.waiting -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
