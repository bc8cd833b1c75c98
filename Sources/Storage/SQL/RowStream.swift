/// A connection that can hand rows over one by one, so that a large table need not fit into memory.
protocol RowStream: SQLConnection {
    /// Calls `body` with every row of a query without parameters.
    func stream(_ sql: String, _ body: (SQLRow) throws -> Void) throws
}

extension SQLConnection {
    /// Calls `body` with every row of a query without parameters; one by one where the connection can do that.
    func forEachRow(_ sql: String, _ body: (SQLRow) throws -> Void) throws {
        guard let stream = self as? any RowStream else { return try query(sql).forEach(body) }
        try stream.stream(sql, body)
    }
}
