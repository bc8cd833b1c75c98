import Model

/// Reads what gateways know: everything at once, then what changed since.
public struct GatewayEntityReader: Sendable {
    /// All entities as of one sequence.
    public struct Snapshot: Sendable, Equatable {
        public var sequence: Int64
        public var entities: [GatewayEntity]

        public init(sequence: Int64, entities: [GatewayEntity]) {
            self.sequence = sequence
            self.entities = entities
        }
    }

    /// The answer to the question what changed after a sequence.
    public enum Changes: Sendable, Equatable {
        /// All changes up to and including `through`, one for each entity in the order of its last change. An entity may
        /// already be newer than `through`; its later change is then read again, without harm.
        case changes(through: Int64, [GatewayChange])
        /// The log no longer reaches back that far, or never reached that sequence: load a snapshot.
        case tooOld
    }

    private let store: any SQLStore
    private let vault: Vault?

    /// `vault` opens the entities that contain secrets; without one they cannot be read.
    public init(_ store: any SQLStore, vault: Vault? = nil) {
        self.store = store
        self.vault = vault
    }

    /// Where entities with secrets lie sealed.
    public static let sealedColumn = SealedColumn(
        table: "gateway_entity", id: "entity_key", column: "sealed", context: "gateway-entity")

    /// The highest committed sequence; 0 before the first change.
    public func head() async throws -> Int64 {
        try await store.read { try OutboxHead($0).sequence }
    }

    /// All entities, consistent with the returned sequence.
    public func snapshot() async throws -> Snapshot {
        let (sequence, stored) = try await store.read { [vault] connection in
            let head = try OutboxHead(connection)
            let rows = try connection.query(
                "SELECT kind, entity_key, value, sealed FROM gateway_entity ORDER BY kind, entity_key")
            return (head.sequence, try rows.map { StoredEntity(kind: try $0.kind(), text: try $0.entityText(vault) ?? "") })
        }
        return Snapshot(sequence: sequence, entities: try await Self.decode(stored))
    }

    /// The entities of some kinds, as they are now.
    public func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        let names = kinds.map(\.rawValue).sorted()
        let stored = try await store.read { [vault] connection in
            try connection.query(
                """
                SELECT kind, entity_key, value, sealed FROM gateway_entity
                WHERE kind IN (\(names.map { _ in "?" }.joined(separator: ", "))) ORDER BY kind, entity_key
                """, names.map { .text($0) }
            ).map { StoredEntity(kind: try $0.kind(), text: try $0.entityText(vault) ?? "") }
        }
        return try await Self.decode(stored)
    }

    /// What changed after `sequence`.
    public func changes(after sequence: Int64) async throws -> Changes {
        let log = try await store.read { [vault] connection in try Self.log(after: sequence, vault, connection) }
        guard let log else { return .tooOld }
        var latest: [LoggedChange] = []
        var seen: Set<LoggedChange.Identity> = []
        for change in log.changes.reversed() where seen.insert(change.identity).inserted { latest.append(change) }
        return .changes(through: log.through, try latest.reversed().map { try $0.gatewayChange() })
    }

    private static func log(
        after sequence: Int64, _ vault: Vault?, _ connection: any SQLConnection
    ) throws -> (through: Int64, changes: [LoggedChange])? {
        let head = try OutboxHead(connection)
        guard sequence >= head.compacted, sequence <= head.sequence else { return nil }
        let rows = try connection.query(
            """
            SELECT c.kind AS kind, c.entity_key AS entity_key, e.value AS value, e.sealed AS sealed FROM gateway_change c
            LEFT JOIN gateway_entity e ON e.kind = c.kind AND e.entity_key = c.entity_key
            WHERE c.sequence > ? ORDER BY c.sequence, c.ordinal
            """, [SQLValue(sequence)])
        let changes = try rows.map { row in
            LoggedChange(
                identity: .init(kind: try row.kind(), key: try row.text("entity_key")), text: try row.entityText(vault))
        }
        return (head.sequence, changes)
    }

    /// Decodes in pieces, on as many threads as there are; the order is kept.
    private static func decode(_ stored: [StoredEntity]) async throws -> [GatewayEntity] {
        let pieces = pieces(of: stored)
        return try await withThrowingTaskGroup(of: (Int, [GatewayEntity]).self) { group in
            for (index, piece) in pieces.enumerated() {
                group.addTask { (index, try GatewayEntity.stored(kind: piece.kind, texts: piece.texts)) }
            }
            var decoded = [[GatewayEntity]](repeating: [], count: pieces.count)
            for try await (index, entities) in group { decoded[index] = entities }
            return decoded.flatMap { $0 }
        }
    }

    private static func pieces(of stored: [StoredEntity]) -> [(kind: GatewayEntity.Kind, texts: [String])] {
        let size = 500
        var pieces: [(kind: GatewayEntity.Kind, texts: [String])] = []
        for entity in stored {
            if let last = pieces.last, last.kind == entity.kind, last.texts.count < size {
                pieces[pieces.count - 1].texts.append(entity.text)
            } else {
                pieces.append((entity.kind, [entity.text]))
            }
        }
        return pieces
    }
}

private struct StoredEntity: Sendable {
    var kind: GatewayEntity.Kind
    var text: String
}

private struct LoggedChange: Sendable {
    struct Identity: Hashable, Sendable {
        var kind: GatewayEntity.Kind
        var key: String
    }

    var identity: Identity
    /// The entity as it is now; `nil` when it is gone.
    var text: String?

    func gatewayChange() throws -> GatewayChange {
        guard let text, let entity = try GatewayEntity.stored(kind: identity.kind, texts: [text]).first else {
            return .remove(kind: identity.kind, key: identity.key)
        }
        return .put(entity)
    }
}

private struct OutboxHead {
    var sequence: Int64
    var compacted: Int64

    init(_ connection: any SQLConnection) throws {
        guard let row = try connection.first("SELECT sequence, compacted FROM outbox_head WHERE id = 1") else {
            throw StorageError.database(message: "the table outbox_head is empty")
        }
        sequence = try row.int64("sequence")
        compacted = try row.int64("compacted")
    }
}

extension SQLRow {
    /// The JSON of the row's entity, opened where it is sealed; `nil` when there is no entity.
    func entityText(_ vault: Vault?) throws -> String? {
        guard let sealed = optionalText("sealed") else { return optionalText("value") }
        guard let vault else { throw StorageError.noVault }
        return try vault.open(sealed, context: StoredGatewayChange.context(key: try text("entity_key")))
    }

    func kind() throws -> GatewayEntity.Kind {
        let name = try text("kind")
        guard let kind = GatewayEntity.Kind(rawValue: name) else {
            throw StorageError.database(message: "the outbox holds an entity of the unknown kind \(name)")
        }
        return kind
    }
}
