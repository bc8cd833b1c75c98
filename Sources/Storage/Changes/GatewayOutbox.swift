import Model

/// The ordered log of what gateways must learn, beside the entities as they are now.
public enum GatewayOutbox {
    /// Records `changes` under the next sequence.
    ///
    /// The head row stays locked from here to the commit, so a higher sequence never becomes visible before a lower one: who re-reads
    /// from the last sequence seen misses nothing. Hence these are the last statements of a transaction.
    /// `mark` is a random text that tells this history from others (``FeedPosition/mark``).
    static func append(
        _ changes: [GatewayChange], mark: String, vault: Vault?, in transaction: any SQLTransaction
    ) throws -> Int64 {
        let encoded = try changes.map { try StoredGatewayChange($0, vault: vault) }
        let sequence = try nextSequence(mark: mark, in: transaction)
        for (ordinal, change) in encoded.enumerated() {
            let tenant = try change.owner(in: transaction)
            try change.storeEntity(sequence: sequence, in: transaction)
            try transaction.execute(
                """
                INSERT INTO gateway_change (sequence, ordinal, kind, entity_key, removed, mark, tenant_id, revision_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    SQLValue(sequence), SQLValue(ordinal), SQLValue(change.kind.rawValue), SQLValue(change.key),
                    SQLValue(change.isRemoval), SQLValue(mark), SQLValue(tenant), SQLValue(change.revision),
                ])
        }
        try (transaction as? any OutboxSignalling)?.signalOutbox()
        return sequence
    }

    /// Forgets all but the last `count` sequences. Gateways that are further behind load a snapshot.
    /// - Returns: the number of log rows deleted.
    @discardableResult
    public static func compact(keeping count: Int64, in store: any SQLStore) async throws -> Int {
        try await store.write { transaction in
            guard let head = try transaction.first("SELECT sequence, compacted FROM outbox_head WHERE id = 1") else { return 0 }
            let last = try head.int64("sequence") - count
            guard last > (try head.int64("compacted")) else { return 0 }
            try transaction.execute("UPDATE outbox_head SET compacted = ? WHERE id = 1", [SQLValue(last)])
            return try transaction.execute("DELETE FROM gateway_change WHERE sequence <= ?", [SQLValue(last)])
        }
    }

    /// The last sequence, and the one up to which the log is forgotten.
    public static func extent(in store: any SQLStore) async throws -> (last: Int64, compacted: Int64) {
        try await store.read { connection in
            guard let head = try connection.first("SELECT sequence, compacted FROM outbox_head WHERE id = 1") else {
                return (0, 0)
            }
            return (try head.int64("sequence"), try head.int64("compacted"))
        }
    }

    private static func nextSequence(mark: String, in transaction: any SQLTransaction) throws -> Int64 {
        let row = try transaction.first(
            "UPDATE outbox_head SET sequence = sequence + 1, mark = ? WHERE id = 1 RETURNING sequence", [SQLValue(mark)])
        guard let row else { throw StorageError.database(message: "the table outbox_head is empty") }
        return try row.int64("sequence")
    }
}
