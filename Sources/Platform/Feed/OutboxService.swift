import Logging
import ServiceLifecycle
import Storage

/// Brings changes of other nodes that share the database to the gateways of this one, and forgets old ones.
struct OutboxService: Service {
    let store: any SQLStore
    let gateways: GatewayParts
    /// How many changes are kept for gateways that come back.
    let retainedChanges: Int
    let logger: Logger

    private static let compactionInterval = Duration.seconds(10)

    func run() async throws {
        let start = await gateways.local.appliedSequence
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await listen(after: start) }
                group.addTask { await compact() }
                await group.waitForAll()
            }
        }
    }

    private func listen(after start: Int64) async {
        await OutboxListener(store).listen(
            after: start,
            failed: { error in logger.warning("The outbox cannot be read.", metadata: ["error": "\(error)"]) },
            handle: { sequence in await gateways.changed(sequence) })
    }

    private func compact() async {
        while !Task.isCancelled {
            do {
                try await GatewayOutbox.compact(keeping: Int64(retainedChanges), in: store)
            } catch {
                if !Task.isCancelled { logger.warning("The outbox cannot be compacted.", metadata: ["error": "\(error)"]) }
            }
            try? await Task.sleep(for: Self.compactionInterval)
        }
    }
}
