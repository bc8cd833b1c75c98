import GatewayCore
import Logging
import Model
import Storage

/// Brings the changes that the control plane recorded to the gateway of this process.
///
/// Holds the builder with everything that the gateway knows. Several changes that wait at once become one snapshot.
actor LocalFeed: ChangeDelivery {
    typealias Installation = @Sendable (Snapshot) async throws -> Void

    private let reader: GatewayEntityReader
    private let logger: Logger
    private let scope: FeedScope
    private var builder: SnapshotBuilder
    private var install: Installation?
    /// The last change that every event loop works with.
    private(set) var appliedSequence: Int64 = 0
    private var running: Task<Void, Never>?
    /// Keys of APIs that were taken off this gateway by hand; a new deployment brings them back.
    private var withheld: Set<String> = []

    /// `scope` is what the gateway serves; `defaults` hold for APIs that say nothing of their own; `policies` are those that APIs can apply.
    init(
        reader: GatewayEntityReader, scope: FeedScope, defaults: SnapshotDefaults, policies: any FlowPolicySource,
        logger: Logger
    ) {
        self.reader = reader
        self.scope = scope
        self.logger = logger
        builder = SnapshotBuilder(defaults: defaults, policies: policies)
    }

    /// Reads everything that the gateway has to know; the snapshot to start it with.
    func load() async throws -> Snapshot {
        let stored = try await reader.snapshot()
        let served = stored.entities.filter { scope.includes($0.kind, key: $0.key, tenant: $0.tenant) }
        builder.apply(served.map(GatewayChange.put))
        builder.removeAll(except: Set(served.map(\.identity)))
        appliedSequence = stored.sequence
        withheld = []
        return builder.build()
    }

    // MARK: Looking in

    /// What the gateway has to know of some kinds.
    func known(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        try await reader.entities(kinds).filter { scope.includes($0.kind, key: $0.key, tenant: $0.tenant) }
    }

    /// The same without what was taken off it.
    func served(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        try await known(kinds).filter { !($0.kind == .api && withheld.contains($0.key)) }
    }

    /// Takes an API off the gateway until it is put back or deployed anew.
    func withhold(_ key: String) async throws {
        withheld.insert(key)
        builder.apply([.remove(kind: .api, key: key)])
        try await install?(builder.build())
    }

    /// Puts an API into service as it was last deployed; `false` when it is not.
    func restore(_ key: String) async throws -> Bool {
        guard let entity = try await known([.api]).first(where: { $0.key == key }) else { return false }
        withheld.remove(key)
        builder.apply([.put(entity)])
        try await install?(builder.build())
        return true
    }

    /// Whether there is a gateway in this process.
    var isAttached: Bool { install != nil }

    /// From now on changes go to the gateway behind `install`; before, nobody waits for them.
    func attach(_ install: @escaping Installation) async throws {
        self.install = install
        await delivered(try await reader.head())
    }

    /// Forgets the revocations of tokens that have run out by themselves. The loops forget them with the next change, so this makes none.
    func forgetRevocations(_ milliseconds: Int64) {
        builder.forgetRevocations(expiredBefore: milliseconds - Self.clockDifference)
    }

    /// Milliseconds for which a token may still be taken for valid after its end: the most that `oauth.timestamp_skew` allows.
    private static let clockDifference: Int64 = 3_600_000

    func delivered(_ sequence: Int64) async {
        while let install, appliedSequence < sequence {
            // One reader at a time: whoever comes while it runs waits for it and looks again.
            if let running {
                await running.value
                continue
            }
            let task = Task {
                await self.catchUp(install)
                // Here and not after the wait below: those who wait may go on in any order.
                self.running = nil
            }
            running = task
            await task.value
        }
    }

    private func catchUp(_ install: Installation) async {
        do {
            switch try await reader.changes(after: appliedSequence) {
            case .changes(let sequence, let changes):
                builder.apply(changes.filter(scope.includes))
                for change in changes where change.identity.kind == .api { withheld.remove(change.identity.key) }
                try await install(builder.build())
                appliedSequence = sequence
            case .tooOld:
                try await install(try await load())
            }
        } catch {
            // The change is committed: the request that waits for it goes on waiting while the gateway tries again.
            logger.error("The gateway could not take its changes; it tries again.", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
