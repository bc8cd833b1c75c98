/// One row of a result, its columns by lower-case name.
///
/// The accessors without `optional` throw when the column is absent, null, or of another type: that is a mistake in the SQL or
/// in the schema, not in the input.
public struct SQLRow: Sendable {
    private let columns: SQLColumns
    private let values: [SQLValue]

    /// A row made by hand, for tests of what reads rows.
    public init(_ columns: [String: SQLValue]) {
        self.init(columns: SQLColumns(Array(columns.keys)), values: Array(columns.values))
    }

    /// A row of a result, whose columns are shared by all its rows.
    init(columns: SQLColumns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    public subscript(_ name: String) -> SQLValue? { columns.position(name).map { values[$0] } }

    public func optionalText(_ name: String) -> String? { if case .text(let value)? = self[name] { value } else { nil } }
    public func optionalInt(_ name: String) -> Int? { if case .integer(let value)? = self[name] { Int(value) } else { nil } }
    public func optionalBlob(_ name: String) -> [UInt8]? { if case .blob(let value)? = self[name] { value } else { nil } }

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

/// The column names of one result.
final class SQLColumns: Sendable {
    let names: [String]
    private let positions: [String: Int]

    /// Of columns with the same name the last one counts.
    init(_ names: [String]) {
        self.names = names.map { $0.lowercased() }
        positions = Dictionary(zip(self.names, self.names.indices)) { $1 }
    }

    func position(_ name: String) -> Int? { positions[name] }
}
