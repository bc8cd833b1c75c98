import GatewayCore
import Logging
import Model
import Storage

/// Brings the changes that the control plane recorded to the gateway of this process.
///
/// Holds the builder with everything that the gateway knows. Several changes that wait at once become one snapshot.
actor GatewayFeed: ChangeDelivery {
    private let reader: GatewayEntityReader
    private let install: @Sendable (Snapshot) async -> Void
    private let logger: Logger
    private var builder = SnapshotBuilder()
    /// The last change that every event loop works with.
    private(set) var appliedSequence: Int64 = 0
    private var running: Task<Void, Never>?

    init(reader: GatewayEntityReader, logger: Logger, install: @escaping @Sendable (Snapshot) async -> Void) {
        self.reader = reader
        self.logger = logger
        self.install = install
    }

    /// Reads everything and installs the first snapshot.
    func load() async throws {
        let stored = try await reader.snapshot()
        builder = SnapshotBuilder()
        builder.apply(stored.entities.map(GatewayChange.put))
        await install(builder.build())
        appliedSequence = stored.sequence
    }

    func delivered(_ sequence: Int64) async {
        while appliedSequence < sequence {
            // One reader at a time: whoever comes while it runs waits for it and looks again.
            if let running {
                await running.value
                continue
            }
            let task = Task { await self.catchUp() }
            running = task
            await task.value
            running = nil
        }
    }

    private func catchUp() async {
        do {
            switch try await reader.changes(after: appliedSequence) {
            case .through(let sequence, let changes):
                builder.apply(changes)
                await install(builder.build())
                appliedSequence = sequence
            case .tooOld:
                try await load()
            }
        } catch {
            // The change is committed; the request that waits for it must not fail because of the feed, nor wait for ever.
            logger.error("The gateway could not read its changes; trying again.", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
