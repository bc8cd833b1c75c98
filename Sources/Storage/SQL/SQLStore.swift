/// The platform's relational store. Two drivers: SQLite and PostgreSQL; the same SQL runs on both.
///
/// SQL uses `?` placeholders and bound values only. Rules that keep it portable: no data-changing CTE; `lower(x)` in comparisons
/// and unique indexes, never bare LIKE; `NULLS FIRST/LAST` explicit; booleans and times as integers; `ON CONFLICT` instead of
/// catching a constraint error; no reliance on the order of RETURNING. Column types are `INTEGER` (64 bits), `TEXT` (compared and
/// ordered by bytes) and `BLOB`, written in capitals; see ``Migration`` for tables. Keys come from ``NumberSequence`` or UUIDs, never
/// from the database's own counters. `lower` and `upper` change ASCII letters only.
public protocol SQLStore: Sendable {
    /// Runs `body` on a consistent view of the data.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Result) async throws -> Result

    /// Runs `body` in one serializable transaction; what it throws rolls everything back.
    ///
    /// `body` may run more than once (PostgreSQL repeats it on serialization failures), so it must have no other effect.
    @discardableResult
    func write<Result: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Result) async throws -> Result

    /// Waits until running work is done and releases the connections.
    func close() async throws

    /// Which of the two databases this is; only for what portable SQL cannot say, such as reading the catalogue of tables.
    var dialect: SQLDialect { get }

    /// Runs `body` while no other process that shares the database is in such a closure.
    func withSchemaLock<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result
}

/// The database behind an ``SQLStore``.
public enum SQLDialect: Sendable {
    case sqlite, postgreSQL
}

/// Reading access, valid only inside of the closure that received it.
public protocol SQLConnection {
    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]
}

extension SQLConnection {
    public func query(_ sql: String) throws -> [SQLRow] { try query(sql, []) }

    /// The first row, or `nil`.
    public func first(_ sql: String, _ arguments: [SQLValue] = []) throws -> SQLRow? {
        try query(sql, arguments).first
    }
}

/// Writing access, valid only inside of the closure that received it.
public protocol SQLTransaction: SQLConnection {
    /// Returns the number of rows changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
}
