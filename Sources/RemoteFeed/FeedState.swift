import GatewayCore
import Model

/// What the gateway knows, on its way from lines to snapshots.
struct FeedState {
    private var builder: SnapshotBuilder
    private let scope: FeedScope
    /// The last position whose changes are all in.
    private(set) var position: FeedPosition?
    /// What could not be taken, and why.
    private(set) var failures: [EntityIdentity.Text: String] = [:]
    /// Keys of APIs that were taken off this gateway by hand; whatever comes of them puts them back.
    private(set) var withheld: Set<String> = []
    /// The entities of a complete state that is coming in; `nil` while changes come.
    private var arriving: Set<EntityIdentity>?

    /// `defaults` hold for APIs that say nothing of their own; `policies` are those that APIs can apply.
    init(
        defaults: SnapshotDefaults, policies: any FlowPolicySource = NoPolicies(), environments: [String], random: RandomSource
    ) {
        builder = SnapshotBuilder(defaults: defaults, policies: policies, random: random)
        scope = FeedScope(environments: environments.isEmpty ? nil : Set(environments))
    }

    /// A complete state follows: what it does not name is to be forgotten at its end.
    mutating func beginComplete() {
        arriving = []
        failures = [:]
    }

    /// Changes follow.
    mutating func beginChanges() { arriving = nil }

    /// Takes lines between two positions. Only a position makes them valid, but it does no harm to have them before: whatever comes after is
    /// newer.
    mutating func take(_ line: FeedLine) {
        switch line {
        case .change(let change):
            guard scope.includes(change) else { return }
            failures[EntityIdentity.Text(change.identity)] = nil
            builder.apply([change])
            if change.identity.kind == .api { withheld.remove(change.identity.key) }
            if case .put(let entity) = change { arriving?.insert(entity.identity) }
        case .unreadable(let kind, let key, let message):
            failures[EntityIdentity.Text(kind: kind, key: key)] = message
            // What the gateway has of it stays.
            if let known = GatewayEntity.Kind(rawValue: kind) { arriving?.insert(EntityIdentity(kind: known, key: key)) }
        case .opened, .position, .asked, .keepAlive: return
        }
    }

    /// The changes so far lead to `position`.
    mutating func reach(_ position: FeedPosition) -> Snapshot {
        if let arriving { builder.removeAll(except: arriving) }
        arriving = nil
        self.position = position
        return builder.build()
    }

    /// Whether the gateway serves an entity, going by what it is configured to serve.
    func includes(_ entity: GatewayEntity) -> Bool { scope.includes(entity.kind, key: entity.key, tenant: nil) }

    mutating func withhold(_ key: String) -> Snapshot {
        withheld.insert(key)
        builder.apply([.remove(kind: .api, key: key)])
        return builder.build()
    }

    mutating func restore(_ entity: GatewayEntity) -> Snapshot {
        withheld.remove(entity.key)
        builder.apply([.put(entity)])
        return builder.build()
    }

    /// Forgets revocations of tokens that have run out by themselves; the loops forget them with the next change.
    mutating func forgetRevocations(expiredBefore milliseconds: Int64) {
        builder.forgetRevocations(expiredBefore: milliseconds)
    }

    /// Has the next connection ask for everything.
    mutating func forgetPosition() { position = nil }
}

extension EntityIdentity.Text {
    init(_ identity: EntityIdentity) { self.init(kind: identity.kind.rawValue, key: identity.key) }
}
