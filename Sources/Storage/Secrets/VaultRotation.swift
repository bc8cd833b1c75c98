import Crypto
import FoundationEssentials
import Model

/// A column whose values ``Vault/seal(_:context:)`` made with the context `<context>:<id>`.
public struct SealedColumn: Sendable {
    /// Name of the table.
    public var table: String
    /// Name of the text column that identifies the row.
    public var id: String
    /// Name of the column with the sealed text; null values are skipped.
    public var column: String
    /// What stands before the colon of the context, for instance `endpoint-security`.
    public var context: String

    public init(table: String, id: String, column: String, context: String) {
        self.table = table
        self.id = id
        self.column = column
        self.context = context
    }
}

extension Vault {
    /// Seals everything in `columns` with `next` instead of `current`, in one transaction.
    /// - Returns: the number of values sealed anew.
    @discardableResult
    public static func rotate(
        from current: VaultKey, to next: VaultKey, columns: [SealedColumn], store: any SQLStore,
        random: RandomSource = .system
    ) async throws -> Int {
        let vault = try await open(key: current, store: store, random: random)
        return try await store.write { transaction in
            let hashKey = vault.hashKeyBytes
            try transaction.execute(
                "UPDATE vault SET fingerprint = ?, hash_key = ? WHERE id = 1",
                [
                    SQLValue(next.fingerprint),
                    SQLValue(try seal(hashKey, context: hashKeyContext, key: next.key, random: random)),
                ])
            return try columns.reduce(0) { count, column in
                try count + reseal(column, vault, next, random, transaction)
            }
        }
    }

    /// Rotates to a new key and replaces the key file. A crash in between is healed by ``open(keyFile:store:columns:random:)``.
    @discardableResult
    public static func rotate(
        keyFile path: String, columns: [SealedColumn], store: any SQLStore, random: RandomSource = .system
    ) async throws -> Int {
        let current = try VaultKey.load(path: path, random: random)
        let next = VaultKey.generate(random)
        try next.write(to: path + nextSuffix)
        let count = try await rotate(from: current, to: next, columns: columns, store: store, random: random)
        try DurableFile.rename(path + nextSuffix, to: path)
        return count
    }

    /// The vault with the key of a file, made at the first start; completes a rotation that was interrupted.
    public static func open(
        keyFile path: String, store: any SQLStore, columns: [SealedColumn]? = nil, random: RandomSource = .system
    ) async throws -> Vault {
        do {
            let key = try VaultKey.load(path: path, random: random)
            return try await open(key: key, store: store, columns: columns, random: random)
        } catch StorageError.wrongVaultKey where DurableFile.exists(path + nextSuffix) {
            let next = try VaultKey.load(path: path + nextSuffix, random: random)
            let vault = try await open(key: next, store: store, columns: columns, random: random)
            try DurableFile.rename(path + nextSuffix, to: path)
            return vault
        }
    }

    private static let nextSuffix = ".next"

    /// Goes through the column in pieces, in the order of its ids.
    private static func reseal(
        _ column: SealedColumn, _ vault: Vault, _ next: VaultKey, _ random: RandomSource, _ transaction: any SQLTransaction
    ) throws -> Int {
        var count = 0
        var last = ""
        while true {
            let ids = try transaction.query(
                """
                SELECT \(column.id) AS id FROM \(column.table) WHERE \(column.column) IS NOT NULL AND \(column.id) > ?
                ORDER BY \(column.id) LIMIT 500
                """, [SQLValue(last)])
            guard let end = try ids.last?.text("id") else { return count }
            // Several rows may have one id: all of them are in one piece, and each is told by what was sealed in it.
            let rows = try transaction.query(
                """
                SELECT \(column.id) AS id, \(column.column) AS sealed FROM \(column.table)
                WHERE \(column.column) IS NOT NULL AND \(column.id) > ? AND \(column.id) <= ?
                """, [SQLValue(last), SQLValue(end)])
            for row in rows { try reseal(row, of: column, vault, next, random, transaction) }
            count += rows.count
            last = end
        }
    }

    private static func reseal(
        _ row: SQLRow, of column: SealedColumn, _ vault: Vault, _ next: VaultKey, _ random: RandomSource,
        _ transaction: any SQLTransaction
    ) throws {
        let (id, old) = (try row.text("id"), try row.text("sealed"))
        let context = "\(column.context):\(id)"
        let plaintext = try vault.open(old, context: context)
        let sealed = try seal(Data(plaintext.utf8), context: context, key: next.key, random: random)
        try transaction.execute(
            "UPDATE \(column.table) SET \(column.column) = ? WHERE \(column.id) = ? AND \(column.column) = ?",
            [SQLValue(sealed), SQLValue(id), SQLValue(old)])
    }
}
