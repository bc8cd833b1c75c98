import Model

/// An entity in the form in which it lies in the database and travels to gateways: JSON that nobody reads on the way.
public struct GatewayRecord: Sendable, Hashable {
    public var kind: GatewayEntity.Kind
    public var key: String
    /// The owning tenant's number; `nil` for a removal of which it is not known.
    public var tenant: Int?
    /// The entity as JSON text; `nil` when it is gone.
    public var value: String?

    public init(kind: GatewayEntity.Kind, key: String, tenant: Int?, value: String?) {
        self.kind = kind
        self.key = key
        self.tenant = tenant
        self.value = value
    }
}

/// Reads for gateways in other processes what ``GatewayEntityReader`` reads for the one in this process.
public struct GatewayRecordReader: Sendable {
    /// What changed after a position.
    public enum Changes: Sendable, Equatable {
        /// All changes up to and including `through`, one for each entity in the order of its last change.
        case changes(through: FeedPosition, [GatewayRecord])
        /// The log does not reach back that far, or belongs to another history: everything has to be read.
        case gone
    }

    private let store: any SQLStore
    private let vault: Vault?

    /// `vault` opens the entities that contain secrets; without one they cannot be read.
    public init(_ store: any SQLStore, vault: Vault? = nil) {
        self.store = store
        self.vault = vault
    }

    /// The last committed change.
    public func position() async throws -> FeedPosition {
        try await store.read { connection in try Self.head(connection).position }
    }

    /// The next entities in the order of kind and key. Pages are read one after the other, so together they are of no single moment; the
    /// changes since the position before the first page make them whole.
    public func page(
        after last: GatewayRecord?, limit: Int
    ) async throws -> [GatewayRecord] {
        try await store.read { [vault] connection in
            try connection.query(
                """
                SELECT kind, entity_key, tenant_id, value, sealed FROM gateway_entity
                WHERE (kind, entity_key) > (?, ?) ORDER BY kind, entity_key LIMIT ?
                """, [SQLValue(last?.kind.rawValue ?? ""), SQLValue(last?.key ?? ""), SQLValue(limit)]
            ).map { try GatewayRecord($0, vault) }
        }
    }

    public func changes(after position: FeedPosition) async throws -> Changes {
        try await store.read { [vault] connection in
            let head = try Self.head(connection)
            guard try Self.reaches(back: position, head, connection) else { return .gone }
            let rows = try connection.query(
                """
                SELECT c.kind AS kind, c.entity_key AS entity_key, coalesce(e.tenant_id, c.tenant_id) AS tenant_id,
                    e.value AS value, e.sealed AS sealed
                FROM gateway_change c LEFT JOIN gateway_entity e ON e.kind = c.kind AND e.entity_key = c.entity_key
                WHERE c.sequence > ? ORDER BY c.sequence, c.ordinal
                """, [SQLValue(position.sequence)])
            return .changes(through: head.position, try Self.latest(rows.map { try GatewayRecord($0, vault) }))
        }
    }

    private static func reaches(
        back position: FeedPosition, _ head: Head, _ connection: any SQLConnection
    ) throws -> Bool {
        guard position.sequence >= head.compacted, position.sequence <= head.position.sequence else { return false }
        if position == head.position { return true }
        if position.sequence == 0 { return true }
        let row = try connection.first(
            "SELECT mark FROM gateway_change WHERE sequence = ? LIMIT 1", [SQLValue(position.sequence)])
        return try row?.text("mark") == position.mark
    }

    /// An entity that changed more than once appears in its last place only.
    private static func latest(_ records: [GatewayRecord]) -> [GatewayRecord] {
        struct Identity: Hashable {
            var kind: GatewayEntity.Kind
            var key: String
        }
        var seen: Set<Identity> = []
        return records.reversed().filter { seen.insert(Identity(kind: $0.kind, key: $0.key)).inserted }.reversed()
    }

    private struct Head {
        var position: FeedPosition
        var compacted: Int64
    }

    private static func head(_ connection: any SQLConnection) throws -> Head {
        guard let row = try connection.first("SELECT sequence, compacted, mark FROM outbox_head WHERE id = 1") else {
            throw StorageError.database(message: "the table outbox_head is empty")
        }
        return Head(
            position: FeedPosition(sequence: try row.int64("sequence"), mark: try row.text("mark")),
            compacted: try row.int64("compacted"))
    }
}

extension GatewayRecord {
    init(_ row: SQLRow, _ vault: Vault?) throws {
        self.init(
            kind: try row.kind(), key: try row.text("entity_key"), tenant: row.optionalInt("tenant_id"),
            value: try row.entityText(vault))
    }
}
