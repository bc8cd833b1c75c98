import Logging
import ServiceLifecycle
import Storage

/// Brings changes of other nodes that share the database to the gateway of this one.
struct OutboxService: Service {
    let store: any SQLStore
    let feed: GatewayFeed
    let logger: Logger

    func run() async throws {
        let start = await feed.appliedSequence
        await cancelWhenGracefulShutdown {
            await OutboxListener(store).listen(
                after: start,
                failed: { error in logger.warning("The outbox cannot be read.", metadata: ["error": "\(error)"]) },
                handle: { sequence in await feed.delivered(sequence) })
        }
    }
}
