import FoundationEssentials
internal import GRDB

/// SQL inside of one closure of ``SQLiteStore``.
final class SQLiteConnection: SQLTransaction {
    private let database: GRDB.Database
    /// The first failure. As on PostgreSQL, it dooms the transaction even if the closure goes on.
    private(set) var failure: StorageError?

    init(database: GRDB.Database) { self.database = database }

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        try forEachRow(of: try recording { try prepared(sql, arguments) }) { rows.append($0) }
        return rows
    }

    private func forEachRow(of statement: GRDB.Statement, _ body: (SQLRow) throws -> Void) throws {
        try recording {
            let columns = SQLColumns(statement.columnNames)
            let cursor = try GRDB.Row.fetchCursor(statement)
            while let row = try cursor.next() {
                try body(SQLRow(columns: columns, values: try columns.names.indices.map { try value(row, $0, columns) }))
            }
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try recording {
            let before = database.totalChangesCount
            try prepared(sql, arguments).execute()
            // The total also counts rows deleted by cascades; the count of the last statement survives statements that change none.
            return database.totalChangesCount == before ? 0 : database.changesCount
        }
    }

    private func recording<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GRDB.DatabaseError {
            let error = StorageError(error)
            if failure == nil { failure = error }
            throw error
        }
    }

    private func prepared(_ sql: String, _ arguments: [SQLValue]) throws -> GRDB.Statement {
        for argument in arguments { try argument.checkStorable() }
        let statement = try database.cachedStatement(sql: sql)
        try statement.setArguments(StatementArguments(arguments.map(\.bound)))
        return statement
    }

    private func value(_ row: GRDB.Row, _ index: Int, _ columns: SQLColumns) throws -> SQLValue {
        let value: GRDB.DatabaseValue = row[index]
        return switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .string(let text): .text(text)
        case .blob(let data): .blob([UInt8](data))
        case .double: throw StorageError.unsupportedType(column: columns.names[index])
        }
    }
}

extension SQLiteConnection: RowStream {
    func stream(_ sql: String, _ body: (SQLRow) throws -> Void) throws {
        try forEachRow(of: try recording { try prepared(sql, []) }, body)
    }
}

extension SQLValue {
    fileprivate var bound: GRDB.DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let value): Data(value).databaseValue
        }
    }
}

extension StorageError {
    /// The message names the statement, but not its arguments.
    init(_ error: GRDB.DatabaseError) { self = .database(message: "\(error)") }
}
