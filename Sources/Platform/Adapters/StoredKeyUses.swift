import Consuming
import GatewayCore
import Logging

/// Writes down when API keys were used last.
struct StoredKeyUses: KeyUseRecorder {
    let keys: StoredAPIKeys
    let logger: Logger

    func used(_ ids: [String], atMilliseconds milliseconds: Int64) {
        Task {
            do {
                try await keys.noteUse(of: ids, at: milliseconds)
            } catch {
                logger.warning("The use of API keys could not be noted.", metadata: ["error": "\(error)"])
            }
        }
    }
}
