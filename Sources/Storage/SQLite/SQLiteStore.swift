internal import GRDB

/// The SQLite driver: one writer and a pool of readers on one file in WAL mode.
///
/// A write is answered after the log is synchronised to the disk (`synchronous=FULL`). Work runs on the driver's own queues, never
/// on the threads of Swift's tasks.
public final class SQLiteStore: SQLStore {
    private let database: any GRDB.DatabaseWriter
    private let work = RunningWork()
    private let statements: StatementWatch?

    public var dialect: SQLDialect { .sqlite }

    private init(_ database: any GRDB.DatabaseWriter, statements: StatementWatch? = nil) {
        self.database = database
        self.statements = statements
    }

    /// Opens the database at `path`; creates it when it does not exist. Only one process may have it open (``DataDirectory``).
    public convenience init(path: String, readers: Int = 5, statements: StatementWatch? = nil) async throws {
        let configuration = Self.configuration(readers: readers)
        self.init(
            try await Self.rephrasing {
                let pool = try GRDB.DatabasePool(path: path, configuration: configuration)
                // Opening a pool sets NORMAL, with which a power cut may undo confirmed transactions.
                try await pool.barrierWriteWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                return pool
            }, statements: statements)
    }

    /// Opens the existing database at `path` for reading only, beside a process that may have it open and write to it.
    public convenience init(reading path: String) throws {
        var configuration = Self.configuration(readers: 1)
        configuration.readonly = true
        do {
            self.init(try GRDB.DatabaseQueue(path: path, configuration: configuration))
        } catch let error as GRDB.DatabaseError {
            throw StorageError(error)
        }
    }

    /// A store in memory that vanishes when released, for tests.
    public static func temporary(statements: StatementWatch? = nil) throws -> SQLiteStore {
        SQLiteStore(try GRDB.DatabaseQueue(configuration: configuration(readers: 1)), statements: statements)
    }

    private static func configuration(readers: Int) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "martlet.storage"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = readers
        return configuration
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let body = statements?.watching(body) ?? body
        return try await work.run { try await Self.rephrasing { try await database.read { try Self.run($0, body) } } }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Result
    ) async throws -> Result {
        let body = statements?.watching(body) ?? body
        return try await work.run { try await Self.rephrasing { try await database.write { try Self.run($0, body) } } }
    }

    /// The data directory belongs to one process, and migrations of one process follow each other.
    public func withSchemaLock<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await body()
    }

    public func close() async throws {
        guard await work.close() else { return }
        try await Self.rephrasing { try database.close() }
    }

    private static func run<Result>(
        _ database: GRDB.Database, _ body: (SQLiteConnection) throws -> Result
    ) throws -> Result {
        let connection = SQLiteConnection(database: database)
        let result = try body(connection)
        if let failure = connection.failure { throw failure }
        return result
    }

    private static func rephrasing<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as GRDB.DatabaseError {
            throw StorageError(error)
        }
    }
}
