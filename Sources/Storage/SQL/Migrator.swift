import Model

/// Brings the schema of a database to the state that this program needs.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// `migrations` are those of all capabilities, in any order; ``StorageMigrations`` are added.
    public init(_ migrations: [Migration]) throws {
        self.migrations = (StorageMigrations.all + migrations).sorted { $0.number < $1.number }
        for (migration, next) in zip(self.migrations, self.migrations.dropFirst()) where migration.number == next.number {
            throw StorageError.duplicateMigration(number: migration.number)
        }
    }

    /// Applies what is missing, in the order of the numbers, each migration in a transaction of its own.
    ///
    /// Throws ``StorageError/newerSchema(found:known:)`` before any change when the database knows a migration that this program
    /// does not. Several processes may call this at once on one database.
    /// - Returns: the numbers applied by this call.
    @discardableResult
    public func migrate(_ store: any SQLStore, time: TimeSource) async throws -> [Int] {
        try await store.withSchemaLock {
            let dialect = store.dialect
            // On the writing connection: a reading one of SQLite that is open now would not see the new columns at first.
            let applied = try await store.write { try Self.applied($0, dialect) }
            _ = try self.migrations(numbered: applied)
            let missing = migrations.filter { !applied.contains($0.number) }
            for migration in missing {
                try await store.write { try Self.apply([migration], in: $0, time: time) }
            }
            return missing.map(\.number)
        }
    }

    /// The migrations with these numbers, in order.
    ///
    /// Throws ``StorageError/newerSchema(found:known:)`` when this program does not know one of them.
    func migrations(numbered numbers: Set<Int>) throws -> [Migration] {
        let known = Set(migrations.map(\.number))
        if let found = numbers.subtracting(known).max() {
            throw StorageError.newerSchema(found: found, known: known.max() ?? 0)
        }
        return migrations.filter { numbers.contains($0.number) }
    }
}

extension Migrator {
    /// The table with the numbers of the migrations that were applied.
    static let table = "schema_migration"

    /// Numbers of the migrations that were applied; none in an empty database.
    static func applied(_ connection: any SQLConnection, _ dialect: SQLDialect) throws -> Set<Int> {
        let catalogue =
            switch dialect {
            case .sqlite: "sqlite_master WHERE type = 'table' AND name = ?"
            case .postgreSQL:
                "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() WHERE c.relname = ?"
            }
        let found = try connection.first("SELECT count(*) AS n FROM \(catalogue)", [SQLValue(table)])
        guard try found?.int("n") == 1 else { return [] }
        return Set(try connection.query("SELECT number FROM \(table)").map { try $0.int("number") })
    }

    /// Applies migrations one after the other in one transaction.
    static func apply(_ migrations: [Migration], in transaction: any SQLTransaction, time: TimeSource) throws {
        try transaction.execute(
            """
            CREATE TABLE IF NOT EXISTS \(table) (
                number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)
            """, [])
        for migration in migrations {
            for statement in migration.statements { try transaction.execute(statement, []) }
            try transaction.execute(
                "INSERT INTO \(table) (number, name, applied_at) VALUES (?, ?, ?)",
                [SQLValue(migration.number), SQLValue(migration.name), SQLValue(time.milliseconds)])
        }
    }
}
