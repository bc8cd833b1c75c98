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
            let applied = try await appliedNumbers(store)
            let known = Set(migrations.map(\.number))
            if let found = applied.filter({ !known.contains($0) }).max() {
                throw StorageError.newerSchema(found: found, known: known.max() ?? 0)
            }
            let missing = migrations.filter { !applied.contains($0.number) }
            for migration in missing { try await apply(migration, to: store, time: time) }
            return missing.map(\.number)
        }
    }

    private func appliedNumbers(_ store: any SQLStore) async throws -> Set<Int> {
        try await store.write { transaction in
            try transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)
                """, [])
            return Set(try transaction.query("SELECT number FROM schema_migration").map { try $0.int("number") })
        }
    }

    private func apply(_ migration: Migration, to store: any SQLStore, time: TimeSource) async throws {
        try await store.write { transaction in
            for statement in migration.statements { try transaction.execute(statement, []) }
            try transaction.execute(
                "INSERT INTO schema_migration (number, name, applied_at) VALUES (?, ?, ?)",
                [SQLValue(migration.number), SQLValue(migration.name), SQLValue(time.milliseconds)])
        }
    }
}
