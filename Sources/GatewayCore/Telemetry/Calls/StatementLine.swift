/// A line of the correlation log about a statement of the database (`docs/correlation-logs.md`).
public struct StatementLine: Sendable {
    /// The database, without secrets.
    public var database: String
    /// The statement, without the values that are bound to it.
    public var sql: String
    public var milliseconds: Int64
    /// `nil` for what the platform does by itself.
    public var correlationID: String?

    public init(database: String, sql: String, milliseconds: Int64, correlationID: String?) {
        self.database = database
        self.sql = sql
        self.milliseconds = milliseconds
        self.correlationID = correlationID
    }

    /// The line's bytes with its end.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func bytes(now: Int64) -> [UInt8] {
        let buffer = LogBuffer(threshold: 0)
        buffer.append(time: now)
        let columns = [correlationID ?? "-", "database", String(milliseconds), "jdbc", database]
        for column in columns { buffer.append(Array("|\(column.replacing("|", with: "_"))".utf8)) }
        // The last column may have bars; SQL joins texts with them.
        let text = sql.split { $0 == " " || $0.isNewline }.joined(separator: " ")
        buffer.append(Array("|\(text)\n".utf8))
        return buffer.take() ?? []
    }
}
