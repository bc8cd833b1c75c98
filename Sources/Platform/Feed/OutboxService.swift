import Logging
import ServiceLifecycle
import Storage

/// Brings changes of other nodes that share the database to the gateways of this one.
struct OutboxService: Service {
    let store: any SQLStore
    let gateways: GatewayParts
    let logger: Logger

    func run() async throws {
        let start = await gateways.local.appliedSequence
        await cancelWhenGracefulShutdown {
            await OutboxListener(store).listen(
                after: start,
                failed: { error in logger.warning("The outbox cannot be read.", metadata: ["error": "\(error)"]) },
                handle: { sequence in await gateways.changed(sequence) })
        }
    }
}
