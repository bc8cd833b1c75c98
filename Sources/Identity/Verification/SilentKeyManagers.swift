import Logging
import Model
import Synchronization

/// Tells the log of key managers that do not say whether a token is good: of each at most once in ten seconds, because requests make
/// gateways ask many times a second.
final class SilentKeyManagers: Sendable {
    private static let pauseMilliseconds: Int64 = 10_000

    private let told = Mutex<[String: Int64]>([:])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter error: what came in the place of an answer; holds no token.
    func note(_ manager: KeyManager, _ error: any Error, nowMilliseconds: Int64) {
        let isDue = told.withLock { told in
            if let last = told[manager.id], nowMilliseconds - last < Self.pauseMilliseconds { return false }
            told[manager.id] = nowMilliseconds
            return true
        }
        guard isDue else { return }
        let reason = (error as? CatalogueError)?.description ?? "\(error)"
        logger.warning(
            "A key manager does not say whether tokens are good; calls with them get a 500 with the code 900900.",
            metadata: ["keyManager": "\(manager.name)", "reason": "\(reason)"])
    }
}
