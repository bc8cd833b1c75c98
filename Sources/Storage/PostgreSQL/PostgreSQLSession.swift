import Glibc

/// Transactions on one connection, which is opened when needed and replaced when lost. Used by one thread.
final class PostgreSQLSession {
    private let connectionString: String
    private let library: LibPQ
    private var connection: PostgreSQLConnection?
    /// A repeated transaction waits for its turn from the second attempt on, so this is reached only under a constant stream of
    /// first attempts that win.
    static let maximumAttempts = 30
    private static let turnKey = 7_202_100_001

    init(_ connectionString: String, _ library: LibPQ) {
        self.connectionString = connectionString
        self.library = library
    }

    /// Runs `body` on a consistent view that cannot be written.
    func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        try attempts { try transaction("REPEATABLE READ READ ONLY", body) }
    }

    /// Runs `body` in a serializable transaction, again when the server asks for it.
    func write<Result>(_ body: (any SQLTransaction) throws -> Result) throws -> Result {
        try attempts { try transaction("SERIALIZABLE", body) }
    }

    /// The open connection, or a new one.
    func connected(prepare: (PostgreSQLConnection) throws -> Void = { _ in }) throws -> PostgreSQLConnection {
        if let connection, connection.isUsable { return connection }
        connection = nil
        do {
            let fresh = try PostgreSQLConnection(connectionString, library)
            try prepare(fresh)
            connection = fresh
            return fresh
        } catch let error as PostgreSQLError {
            throw error.reported
        }
    }

    private enum Outcome<Result> {
        case done(Result)
        case repeatable(any Error)
    }

    private func attempts<Result>(_ attempt: () throws -> Outcome<Result>) throws -> Result {
        var last: any Error = StorageError.closed
        for number in 1...Self.maximumAttempts {
            let outcome = number == 1 ? try attempt() : try inTurn(number, attempt)
            switch outcome {
            case .done(let result): return result
            case .repeatable(let error): last = error
            }
        }
        throw last
    }

    /// Repeated transactions follow each other rather than disturb each other again. The lock is taken while no transaction is open,
    /// so who waits for it holds nothing.
    private func inTurn<Result>(_ number: Int, _ attempt: () throws -> Outcome<Result>) throws -> Outcome<Result> {
        let jitter = UInt32.random(in: 0...UInt32(min(number, 10)) * 500)
        usleep(jitter)
        let connection = try connected()
        do {
            try connection.command("SELECT pg_advisory_lock(\(Self.turnKey))")
            // A lost connection has lost the lock with it.
            defer { _ = try? connection.command("SELECT pg_advisory_unlock(\(Self.turnKey))") }
            return try attempt()
        } catch let error as PostgreSQLError {
            throw error.reported
        }
    }

    private func transaction<Result>(
        _ mode: String, _ body: (PostgreSQLConnection) throws -> Result
    ) throws -> Outcome<Result> {
        let connection = try begun(mode)
        do {
            let result = try body(connection)
            if let failure = connection.failure { throw failure.reported }
            // A server that has aborted the transaction answers COMMIT with success and the tag ROLLBACK.
            guard try connection.command("COMMIT") == "COMMIT" else {
                throw StorageError.database(message: "the transaction was rolled back instead of committed")
            }
            return .done(result)
        } catch {
            return try rolledBack(connection, error)
        }
    }

    /// Begins on the open connection, or, because nothing of the transaction has run yet, on a new one when it turns out to be lost.
    private func begun(_ mode: String) throws -> PostgreSQLConnection {
        do {
            let connection = try connected()
            do {
                try connection.begin(mode)
                return connection
            } catch let error as PostgreSQLError where error.connectionLost {
                let fresh = try connected()
                try fresh.begin(mode)
                return fresh
            }
        } catch let error as PostgreSQLError {
            throw error.reported
        }
    }

    private func rolledBack<Result>(_ connection: PostgreSQLConnection, _ error: any Error) throws -> Outcome<Result> {
        if (try? connection.command("ROLLBACK")) == nil { self.connection = nil }
        let cause = connection.failure ?? error as? PostgreSQLError
        if let cause, cause.isRepeatable, !cause.connectionLost { return .repeatable(cause.reported) }
        throw (error as? PostgreSQLError)?.reported ?? error
    }
}
