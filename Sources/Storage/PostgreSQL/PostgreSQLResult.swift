import Model

/// A result of libpq, released with this value.
final class PostgreSQLResult {
    private let library: LibPQ
    private let handle: OpaquePointer

    /// Throws ``PostgreSQLError`` when the result reports one.
    init(_ handle: OpaquePointer?, _ library: LibPQ, connection: OpaquePointer) throws {
        guard let handle, LibPQ.success.contains(library.resultStatus(handle)) else {
            let message = library.resultErrorMessage(handle).map { String(cString: $0) } ?? ""
            let state = library.resultErrorField(handle, LibPQ.sqlState).map { String(cString: $0) }
            library.clear(handle)
            let lost = library.status(connection) != LibPQ.connectionOK
            let reason = message.isEmpty ? library.errorMessage(connection).map { String(cString: $0) } ?? "" : message
            throw PostgreSQLError(state: state ?? "", message: reason.trimmed, connectionLost: lost)
        }
        self.library = library
        self.handle = handle
    }

    deinit { library.clear(handle) }

    /// Rows that the command changed; 0 for statements that change none.
    var affectedRows: Int { library.affectedRows(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// For instance `COMMIT`.
    var commandTag: String { library.commandTag(handle).map { String(cString: $0) } ?? "" }

    func rows() throws -> [SQLRow] {
        let indices = 0..<library.columnCount(handle)
        let columns = SQLColumns(indices.map { library.columnName(handle, $0).map { String(cString: $0) } ?? "" })
        let types = indices.map { library.columnType(handle, $0) }
        return try (0..<library.rowCount(handle)).map { row in
            let values = try indices.map { column in
                let value = value(row, column, types[Int(column)])
                guard let value else { throw StorageError.unsupportedType(column: columns.names[Int(column)]) }
                return value
            }
            return SQLRow(columns: columns, values: values)
        }
    }

    /// The object ids are those of `pg_type`. Sums are `numeric`, comparisons `bool`; both are integers in portable SQL.
    private func value(_ row: Int32, _ column: Int32, _ type: UInt32) -> SQLValue? {
        if library.isNull(handle, row, column) != 0 { return .null }
        guard let start = library.value(handle, row, column) else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: Int(library.length(handle, row, column)))
        return switch type {
        case 16: .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case 20, 21, 23, 26, 1700: Int64(String(decoding: bytes, as: UTF8.self)).map(SQLValue.integer)
        case 17: Self.blob(bytes)
        case 18, 19, 25, 705, 1042, 1043: .text(String(decoding: bytes, as: UTF8.self))
        default: nil
        }
    }

    /// `\x` and hexadecimal digits, the server's default form of `bytea`.
    private static func blob(_ text: UnsafeBufferPointer<UInt8>) -> SQLValue? {
        guard text.starts(with: "\\x".utf8), text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return .blob(bytes)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// A failure as PostgreSQL reports it.
struct PostgreSQLError: Error {
    /// The five characters of SQLSTATE; empty when the failure is not the server's.
    var state: String
    var message: String
    var connectionLost: Bool

    /// Whether the transaction did nothing and may be repeated: serialization failure, deadlock, or a plan from before a migration.
    var isRepeatable: Bool { ["40001", "40P01", "0A000"].contains(state) }

    /// What callers get. A text that does not fit into an index is the client's mistake, not the platform's: rules say so with better words
    /// where they know the member, and this is for what they miss.
    var reported: any Error {
        if state == "54000", message.contains("index row") {
            return CatalogueError.badRequest("A text of the request is too long to be stored.")
        }
        return connectionLost ? StorageError.unavailable(message: message) : StorageError.database(message: message)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
