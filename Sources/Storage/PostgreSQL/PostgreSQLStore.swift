/// The PostgreSQL driver, for platforms of several nodes.
///
/// Writes are SERIALIZABLE and repeated on serialization failures and deadlocks; reads see one snapshot and cannot write. A lost
/// connection is replaced when nothing of the transaction has run; otherwise the transaction fails, because it may have committed.
public final class PostgreSQLStore: SQLStore {
    private let connections: ConnectionThreads
    private let listener: ConnectionThreads
    private let makeSession: @Sendable () -> PostgreSQLSession
    private let statements: StatementWatch?

    public var dialect: SQLDialect { .postgreSQL }

    /// Opens the database of a connection string or URI as libpq reads it, with TLS options (`sslmode`, `sslrootcert`, …) in it.
    ///
    /// Throws ``StorageError/unavailable(message:)`` when the client library is missing or the server does not answer.
    public init(connection: String, connections count: Int = 10, statements: StatementWatch? = nil) async throws {
        self.statements = statements
        let library = try LibPQ.load()
        makeSession = { PostgreSQLSession(connection, library) }
        connections = try ConnectionThreads(count: max(1, count), session: makeSession)
        listener = try ConnectionThreads(count: 1, session: makeSession)
        do {
            try await connections.run { _ = try $0.connected() }
        } catch {
            try await close()
            throw error
        }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let body = statements?.watching(body) ?? body
        return try await connections.run { try $0.read(body) }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Result
    ) async throws -> Result {
        let body = statements?.watching(body) ?? body
        return try await connections.run { try $0.write(body) }
    }

    /// Holds an advisory lock of the database on a connection of its own.
    public func withSchemaLock<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let holder = try ConnectionThreads(count: 1, session: makeSession)
        do {
            try await holder.run { session in
                _ = try session.connected { try $0.command("SELECT pg_advisory_lock(\(Self.schemaKey))") }
            }
            let result = try await body()
            await holder.close()
            return result
        } catch {
            await holder.close()
            throw error
        }
    }

    /// Sentences about settings of the server with which confirmed writes may be lost in a crash, and which a client cannot change.
    public func durabilityWarnings() async throws -> [String] {
        let row = try await read { connection in
            try connection.first("SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages")
        }
        var warnings: [String] = []
        if row?.optionalText("fsync") == "off" {
            warnings.append("PostgreSQL runs with fsync = off: a crash of its machine may lose confirmed changes.")
        }
        if row?.optionalText("pages") == "off" {
            warnings.append("PostgreSQL runs with full_page_writes = off: a crash of its machine may damage the database.")
        }
        return warnings
    }

    /// Keeps nodes from running on the database until the store closes; throws ``StorageError/nodesRunning`` when one runs now.
    public func excludeNodes() async throws {
        let isAlone = try await listener.run { session in try session.connected().excludeNodes() }
        guard isAlone else { throw StorageError.nodesRunning }
    }

    public func close() async throws {
        await listener.close()
        await connections.close()
    }

    private static let schemaKey = 7_202_100_002
}

extension PostgreSQLStore: OutboxSignalSource {
    func waitForOutboxSignal(timeout milliseconds: Int32) async throws {
        try await listener.run { [listener] session in
            let connection = try session.connected { try $0.listen() }
            // In slices, so that closing the store does not wait for the whole time.
            var remaining = milliseconds
            while remaining > 0, !listener.isClosed {
                if try connection.waitForSignal(milliseconds: min(remaining, 100)) { return }
                remaining -= 100
            }
        }
    }
}
