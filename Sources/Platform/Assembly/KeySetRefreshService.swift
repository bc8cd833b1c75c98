import Identity
import Logging
import ServiceLifecycle

/// Fetches the keys of key managers again while the platform runs.
struct KeySetRefreshService: Service {
    let refresh: KeySetRefresh
    let logger: Logger

    /// How often is looked whether something is due.
    private static let interval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await refresh.refreshDue()
                } catch {
                    logger.warning("Keys of key managers could not be refreshed.", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
