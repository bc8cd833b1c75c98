/// Which entity is meant.
public struct EntityIdentity: Sendable, Hashable {
    public var kind: GatewayEntity.Kind
    public var key: String

    public init(kind: GatewayEntity.Kind, key: String) {
        self.kind = kind
        self.key = key
    }
}

extension GatewayEntity {
    public var identity: EntityIdentity { EntityIdentity(kind: kind, key: key) }
}

extension GatewayChange {
    public var identity: EntityIdentity {
        switch self {
        case .put(let entity): entity.identity
        case .remove(let kind, let key): EntityIdentity(kind: kind, key: key)
        }
    }
}
