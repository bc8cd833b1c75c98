/// One table of a schema, as a backup needs to know it.
struct BackupTable: Sendable, Equatable {
    var name: String
    /// In the order of the table's definition.
    var columns: [String]

    /// The tables that a list of migrations, in order, leaves behind, those first that others refer to.
    ///
    /// The migrations run on an empty database in memory, whose catalogue is then read: so only the platform's own tables count, whatever
    /// else a shared database holds, and both drivers need but one way of asking.
    static func all(of migrations: [Migration]) async throws -> [BackupTable] {
        let store = try SQLiteStore.temporary()
        let found = try await store.write { transaction in
            try Migrator.apply(migrations, in: transaction, time: .init { 0 })
            return (tables: try Self.tables(transaction), references: try Self.references(transaction))
        }
        try await store.close()
        return try ordered(found.tables.filter { $0.name != Migrator.table }, found.references)
    }

    private static func tables(_ connection: any SQLConnection) throws -> [BackupTable] {
        let rows = try connection.query(
            """
            SELECT lower(m.name) AS table_name, lower(c.name) AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, c.cid
            """)
        var tables: [BackupTable] = []
        for row in rows {
            let (table, column) = (try row.text("table_name"), try row.text("column_name"))
            if tables.last?.name == table {
                tables[tables.count - 1].columns.append(column)
            } else {
                tables.append(BackupTable(name: table, columns: [column]))
            }
        }
        return tables
    }

    /// Names of the tables that each table refers to.
    private static func references(_ connection: any SQLConnection) throws -> [String: Set<String>] {
        let rows = try connection.query(
            """
            SELECT lower(m.name) AS table_name, lower(f."table") AS target FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
            WHERE m.type = 'table'
            """)
        return try rows.reduce(into: [:]) { try $0[$1.text("table_name"), default: []].insert($1.text("target")) }
    }

    private static func ordered(_ tables: [BackupTable], _ references: [String: Set<String>]) throws -> [BackupTable] {
        var waiting = tables
        var ordered: [BackupTable] = []
        var done: Set<String> = []
        while let first = waiting.first {
            let ready = waiting.filter { done.isSuperset(of: references[$0.name] ?? []) }
            guard !ready.isEmpty else { throw BackupError.circularReference(table: first.name) }
            ordered += ready
            done.formUnion(ready.map(\.name))
            waiting.removeAll { done.contains($0.name) }
        }
        return ordered
    }
}
