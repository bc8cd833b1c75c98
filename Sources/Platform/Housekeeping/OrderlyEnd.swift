import Logging
import ServiceLifecycle
import Settings

/// Ends a node so that no request fails: the first service that is told to stop, and the others go on until it is done.
///
/// Load balancers see at once that the node is not ready, and clients are told to close their connections. Then the ports of the gateway
/// close and what runs has time to end (`docs/operations.md`).
struct OrderlyEnd: Service {
    let readiness: Readiness
    /// `nil` on a control plane.
    let gateway: GatewayRuntime?
    let delay: Duration
    let limit: Duration
    let logger: Logger

    init(readiness: Readiness, gateway: GatewayRuntime?, settings: Settings, logger: Logger) {
        self.readiness = readiness
        self.gateway = gateway
        self.logger = logger
        delay = .seconds(settings[SettingsTable.shutdownDelay])
        limit = .seconds(settings[SettingsTable.shutdownLimit])
    }

    func run() async throws {
        try await gracefulShutdown()
        logger.info("Stopping: requests that run have time to end.")
        readiness.end()
        await gateway?.end(delay: delay, limit: limit)
    }
}
