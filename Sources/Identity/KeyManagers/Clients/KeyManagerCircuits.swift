import Logging
import Model
import Synchronization

/// How long key managers of others may take to say whether a token is good, and what is made of their silence.
public struct KeyManagerPatience: Sendable, Hashable {
    /// Seconds for an answer.
    public var seconds: Int64
    /// Questions in a row without an answer, after which a key manager is left alone.
    public var failures: Int
    /// For how long it is left alone before it is tried again, in milliseconds.
    public var pauseMilliseconds: Int64

    public init(seconds: Int64 = 5, failures: Int = 3, pauseMilliseconds: Int64 = 5_000) {
        self.seconds = seconds
        self.failures = failures
        self.pauseMilliseconds = pauseMilliseconds
    }
}

/// Spares calls the wait for key managers that give no answers (`docs/key-managers.md`). After some questions in a row without an answer a
/// key manager is not asked for a while; then one question is let through, and its outcome decides for the others.
final class KeyManagerCircuits: Sendable {
    private struct Circuit {
        var failures = 0
        /// When the next question may be tried; `nil` while all may be asked.
        var opensAt: Int64?
        var isTried = false
    }

    private let circuits = Mutex<[String: Circuit]>([:])
    private let patience: KeyManagerPatience
    private let logger: Logger
    private let time: TimeSource

    init(patience: KeyManagerPatience, logger: Logger, time: TimeSource) {
        self.patience = patience
        self.logger = logger
        self.time = time
    }

    /// Asks a question, unless the key manager is left alone.
    ///
    /// - Parameter question: throws if there is no answer; a refusal and an error of the server are answers.
    /// - Throws: what `question` throws, or 902004 without having asked.
    func ask<Answer>(_ manager: KeyManager, _ question: () async throws -> Answer) async throws -> Answer {
        try admit(manager)
        do {
            let answer = try await question()
            noteAnswer(of: manager)
            return answer
        } catch {
            // Who gives up waiting early says nothing of the key manager.
            if Task.isCancelled { noteNothing(of: manager) } else { noteSilence(of: manager) }
            throw error
        }
    }

    private func admit(_ manager: KeyManager) throws {
        let now = time.milliseconds
        let isAdmitted = circuits.withLock { circuits in
            guard let opensAt = circuits[manager.id]?.opensAt else { return true }
            guard opensAt <= now, circuits[manager.id]?.isTried == false else { return false }
            circuits[manager.id]?.isTried = true
            return true
        }
        guard isAdmitted else {
            throw CatalogueError.keyManagerFailed("The key manager gave no answers lately and is not asked for a while")
        }
    }

    private func noteAnswer(of manager: KeyManager) {
        let former = circuits.withLock { $0.removeValue(forKey: manager.id) }
        guard former?.opensAt != nil else { return }
        logger.notice("A key manager answers again.", metadata: ["keyManager": "\(manager.name)"])
    }

    private func noteNothing(of manager: KeyManager) { circuits.withLock { $0[manager.id]?.isTried = false } }

    private func noteSilence(of manager: KeyManager) {
        let now = time.milliseconds
        let isNews = circuits.withLock { circuits in
            var circuit = circuits[manager.id] ?? Circuit()
            circuit.failures += 1
            let wasOpen = circuit.opensAt == nil
            if circuit.failures >= patience.failures { circuit.opensAt = now + patience.pauseMilliseconds }
            circuit.isTried = false
            circuits[manager.id] = circuit
            return wasOpen && circuit.opensAt != nil
        }
        guard isNews else { return }
        logger.warning(
            "A key manager gives no answers; calls whose tokens only it can judge fail at once, until it answers again.",
            metadata: ["keyManager": "\(manager.name)", "triedAgainAfterMilliseconds": "\(patience.pauseMilliseconds)"])
    }
}
