/// The tables that storage itself needs.
enum StorageMigrations {
    static let all = [outbox, audit, sequences, vault, sealedEntities, feed]

    /// What gateways know (`gateway_entity`), the log of its changes (`gateway_change`), and the one row that orders them.
    /// `compacted` is the last sequence whose changes are no longer in the log.
    private static let outbox = Migration(
        100, "outbox",
        [
            """
            CREATE TABLE outbox_head (
                id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL, compacted INTEGER NOT NULL)
            """,
            "INSERT INTO outbox_head (id, sequence, compacted) VALUES (1, 0, 0)",
            """
            CREATE TABLE gateway_change (
                sequence INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, entity_key TEXT NOT NULL,
                removed INTEGER NOT NULL, PRIMARY KEY (sequence, ordinal))
            """,
            """
            CREATE TABLE gateway_entity (
                kind TEXT NOT NULL, entity_key TEXT NOT NULL, tenant_id INTEGER NOT NULL, sequence INTEGER NOT NULL,
                value TEXT NOT NULL, PRIMARY KEY (kind, entity_key))
            """,
        ])

    private static let audit = Migration(
        101, "audit",
        [
            """
            CREATE TABLE audit_row (
                id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, tenant_id INTEGER NOT NULL,
                client_address TEXT NOT NULL, request_id TEXT NOT NULL, action TEXT NOT NULL, kind TEXT NOT NULL,
                entity_id TEXT NOT NULL, before_value TEXT, after_value TEXT)
            """,
            "CREATE INDEX audit_row_by_time ON audit_row (tenant_id, at)",
            "CREATE INDEX audit_row_by_entity ON audit_row (tenant_id, kind, entity_id, at)",
        ])

    private static let sequences = Migration(
        102, "number sequences",
        ["CREATE TABLE number_sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"])

    /// One row: which key seals the secrets, and the sealed key of keyed hashes.
    private static let vault = Migration(
        103, "vault",
        [
            """
            CREATE TABLE vault (
                id INTEGER PRIMARY KEY CHECK (id = 1), fingerprint TEXT NOT NULL, hash_key TEXT NOT NULL)
            """
        ])

    /// Entities with secrets lie in `sealed`; their `value` is empty.
    private static let sealedEntities = Migration(
        104, "sealed gateway entities", ["ALTER TABLE gateway_entity ADD COLUMN sealed TEXT"])

    /// What the feed to other processes needs of each change: the mark of its sequence, whose it is (`NULL` where that was not recorded),
    /// and the revision of a deployed API.
    private static let feed = Migration(
        105, "gateway feed",
        [
            "ALTER TABLE outbox_head ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE gateway_change ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE gateway_change ADD COLUMN tenant_id INTEGER",
            "ALTER TABLE gateway_change ADD COLUMN revision_id TEXT",
            "ALTER TABLE gateway_entity ADD COLUMN revision_id TEXT",
            "CREATE INDEX gateway_change_by_entity ON gateway_change (kind, entity_key, sequence)",
        ])
}
