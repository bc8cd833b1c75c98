/// The platform's relational store. Two drivers: SQLite and PostgreSQL; the same SQL runs on both.
///
/// SQL uses `?` placeholders and bound values only. Rules that keep it portable: no data-changing CTE; `lower(x)` in comparisons
/// and unique indexes, never bare LIKE; `NULLS FIRST/LAST` explicit; booleans and times as integers; `ON CONFLICT` instead of
/// catching a constraint error; no reliance on the order of RETURNING.
public protocol SQLStore: Sendable {
    /// Runs `body` on a consistent view of the data.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Result) async throws -> Result

    /// Runs `body` in one serializable transaction; what it throws rolls everything back.
    ///
    /// `body` may run more than once (PostgreSQL repeats it on serialization failures), so it must have no other effect.
    func write<Result: Sendable>(_ body: @escaping @Sendable (any SQLTransaction) throws -> Result) async throws -> Result

    /// Waits until running work is done and releases the connections.
    func close() async throws
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

/// A value bound to a placeholder or read from a column.
public enum SQLValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }

    public init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
    public init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
    public init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
    /// 1 or 0.
    public init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    public init(_ value: [UInt8]?) { self = value.map(SQLValue.blob) ?? .null }
}

/// One row of a result, its columns by lower-case name.
///
/// The accessors without `optional` throw when the column is absent, null, or of another type: that is a mistake in the SQL or
/// in the schema, not in the input.
public struct SQLRow: Sendable {
    private let columns: [String: SQLValue]

    public init(_ columns: [String: SQLValue]) { self.columns = columns }

    public subscript(_ name: String) -> SQLValue? { columns[name] }

    public func optionalText(_ name: String) -> String? { if case .text(let value)? = columns[name] { value } else { nil } }
    public func optionalInt(_ name: String) -> Int? { if case .integer(let value)? = columns[name] { Int(value) } else { nil } }
    public func optionalBlob(_ name: String) -> [UInt8]? { if case .blob(let value)? = columns[name] { value } else { nil } }

    public func text(_ name: String) throws -> String { try required(optionalText(name), name, "text") }
    public func int(_ name: String) throws -> Int { try required(optionalInt(name), name, "integer") }
    public func int64(_ name: String) throws -> Int64 { Int64(try int(name)) }
    public func bool(_ name: String) throws -> Bool { try int(name) != 0 }
    public func blob(_ name: String) throws -> [UInt8] { try required(optionalBlob(name), name, "blob") }

    private func required<Value>(_ value: Value?, _ name: String, _ type: String) throws -> Value {
        guard let value else { throw StorageError.unexpectedColumn(name: name, expected: type) }
        return value
    }
}

/// What can go wrong below the capabilities. Never shown to clients as it is.
public enum StorageError: Error, Sendable, Equatable {
    case unexpectedColumn(name: String, expected: String)
    /// The database refused a statement; the message is the database's own.
    case database(message: String)
    /// The database was written by a newer version of the platform.
    case newerSchema(found: Int, known: Int)
    /// Another process has the data directory open.
    case directoryInUse(path: String)
    /// The vault's key is not the one that the stored secrets were sealed with.
    case wrongVaultKey
    /// A sealed value is damaged.
    case unsealFailed
}
