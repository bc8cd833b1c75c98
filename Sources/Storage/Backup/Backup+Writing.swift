import Crypto
import Model

extension Backup {
    /// Writes everything in `store` to a new file at `path`, as it is at one moment; others may go on writing meanwhile.
    ///
    /// The file is complete and on the disk when this returns, and not there when it throws.
    /// - Parameter migrations: those of all capabilities, as the ``Migrator`` takes them.
    /// - Throws: ``BackupError``, or ``StorageError/newerSchema(found:known:)`` when the database is a newer program's.
    public static func write(
        _ store: any SQLStore, to path: String, migrations: [Migration], time: TimeSource
    ) async throws -> Summary {
        let dialect = store.dialect
        let applied = try await store.read { try Migrator.applied($0, dialect) }
        guard !applied.isEmpty else { throw BackupError.nothingToBackUp }
        let migrator = try Migrator(migrations)
        let tables = try await BackupTable.all(of: migrator.migrations(numbered: applied))
        // The file is made inside of the closure, which may run again.
        return try await store.read { connection in
            guard try Migrator.applied(connection, dialect) == applied else {
                throw StorageError.unavailable(message: "its schema is being changed just now")
            }
            let writer = BackupWriter(try DraftFile(path: path))
            let fingerprint = try Vault.storedFingerprint(connection)
            try writer.write(
                .head(.init(schema: applied.sorted(), vaultFingerprint: fingerprint, takenAt: time.milliseconds)))
            for table in tables { try writer.write(table, from: connection) }
            try writer.finish()
            return Summary(tables: tables.count, rows: writer.rows, vaultFingerprint: fingerprint)
        }
    }
}

/// Writes lines and sums them up.
private final class BackupWriter {
    private let file: DraftFile
    private var sum = SHA256()
    private(set) var rows = 0

    init(_ file: DraftFile) { self.file = file }

    func write(_ line: BackupLine) throws {
        let bytes = line.bytes
        sum.update(data: bytes)
        try file.append(bytes)
    }

    func write(_ table: BackupTable, from connection: any SQLConnection) throws {
        try write(.table(table))
        let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        try connection.forEachRow("SELECT \(columns) FROM \"\(table.name)\"") { row in
            try write(.row(table.columns.map { row[$0] ?? .null }))
            rows += 1
        }
    }

    func finish() throws {
        try file.append(BackupLine.end(rows: rows, sum: sum.finalize().hexadecimal).bytes)
        try file.finish()
    }
}

extension SHA256Digest {
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
