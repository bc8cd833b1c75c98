import Crypto
import Model

extension Backup {
    /// Fills an empty database from the backup at `path`, then brings the schema to the state of this program.
    ///
    /// The rows, and the check of the sum at the end, are one transaction: when this throws a ``BackupError``, nothing was restored.
    /// - Parameters:
    ///   - migrations: those of all capabilities, as the ``Migrator`` takes them.
    ///   - key: the vault's key of the destination, `nil` when it has none; compared with that of the backup.
    /// - Throws: ``BackupError``, or ``StorageError/newerSchema(found:known:)`` when the backup is a newer program's.
    public static func restore(
        _ path: String, into store: any SQLStore, migrations: [Migration], key: VaultKey?, time: TimeSource
    ) async throws -> Summary {
        let head = try BackupReader(path).head
        try check(head.vaultFingerprint, key)
        let migrator = try Migrator(migrations)
        let past = try migrator.migrations(numbered: Set(head.schema))
        let tables = try await BackupTable.all(of: past)
        let dialect = store.dialect
        let rows = try await store.withSchemaLock {
            try await store.write { transaction in
                guard try Migrator.applied(transaction, dialect).isEmpty else { throw BackupError.notEmpty }
                try Migrator.apply(past, in: transaction, time: time)
                // Migrations may have written rows, which are in the backup too.
                for table in tables.reversed() { try transaction.execute("DELETE FROM \"\(table.name)\"", []) }
                // Opened inside of the closure, which may run again.
                return try BackupReader(path).restore(tables, into: transaction)
            }
        }
        try await migrator.migrate(store, time: time)
        return Summary(tables: tables.count, rows: rows, vaultFingerprint: head.vaultFingerprint)
    }

    private static func check(_ fingerprint: String?, _ key: VaultKey?) throws {
        guard let fingerprint else { return }
        guard let key else { throw BackupError.vaultKeyMissing(fingerprint: fingerprint) }
        guard key.fingerprint == fingerprint else { throw BackupError.otherVaultKey(fingerprint: fingerprint) }
    }
}

/// Reads lines and sums them up.
private final class BackupReader {
    let head: BackupLine.Head
    private let lines: LineReader
    private var sum = SHA256()

    init(_ path: String) throws {
        lines = try LineReader(path: path)
        // Whatever is wrong with the first line: it is no backup.
        guard let line = try? lines.next(), case .head(let head)? = BackupLine(line) else {
            throw BackupError.notABackup(path: path)
        }
        sum.update(data: line)
        self.head = head
    }

    /// Writes all rows and checks what the end says; returns their number.
    func restore(_ tables: [BackupTable], into transaction: any SQLTransaction) throws -> Int {
        var rows = 0
        var waiting = tables[...]
        var insertion: (columns: Int, sql: String)?
        while let bytes = try lines.next() {
            switch BackupLine(bytes) {
            case .table(let table)?:
                guard table == waiting.popFirst() else { throw damaged("the table \(table.name) is not expected here") }
                insertion = (table.columns.count, Self.insertion(table))
            case .row(let values)?:
                guard let insertion, insertion.columns == values.count else { throw damaged("a row does not fit its table") }
                try transaction.execute(insertion.sql, values)
                rows += 1
            case .end(let count, let expected)?:
                guard waiting.isEmpty, count == rows, try lines.next() == nil, sum.finalize().hexadecimal == expected else {
                    throw BackupError.wrongSum
                }
                return rows
            case .head?, nil: throw damaged("it is not what a backup holds")
            }
            sum.update(data: bytes)
        }
        throw BackupError.incomplete
    }

    private func damaged(_ reason: String) -> BackupError { .damaged(line: lines.number, reason: reason) }

    private static func insertion(_ table: BackupTable) -> String {
        let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let values = table.columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \"\(table.name)\" (\(columns)) VALUES (\(values))"
    }
}
