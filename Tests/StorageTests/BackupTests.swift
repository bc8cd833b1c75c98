import Foundation
import Model
import Storage
import Synchronization
import Testing

@Suite("A backup")
struct BackupTests {
    static let migrations = [
        Migration(
            300, "things",
            [
                "CREATE TABLE whole (id TEXT PRIMARY KEY, note TEXT, data BLOB, amount INTEGER)",
                // In the alphabet the referring table comes first.
                """
                CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id TEXT NOT NULL REFERENCES whole (id) ON DELETE CASCADE)
                """,
            ]),
        Migration(301, "first row", ["INSERT INTO whole (id) VALUES ('made by the migration')"]),
    ]
    private let key = VaultKey.generate(.system)

    /// Some rows of every type, and one secret.
    private func fill(_ store: any SQLStore) async throws -> String {
        let vault = try await Vault.open(key: key, store: store)
        let sealed = try vault.seal("secret", context: "whole:1")
        try await store.write { transaction in
            try transaction.execute("DELETE FROM whole", [])
            for number in 0..<1_200 {
                try transaction.execute(
                    "INSERT INTO whole (id, note, data, amount) VALUES (?, ?, ?, ?)",
                    [
                        SQLValue("w\(number)"), number.isMultiple(of: 3) ? .null : SQLValue("🐦 \"\\\n\u{1}'\(number)"),
                        .blob([0, 255, UInt8(truncatingIfNeeded: number)]), SQLValue(number == 0 ? Int64.max : Int64.min),
                    ])
            }
            try transaction.execute("INSERT INTO part (id, thing_id) VALUES (1, 'w7')", [])
        }
        return sealed
    }

    private static func content(_ store: any SQLStore) async throws -> [String] {
        try await store.read { connection in
            let wholes = try connection.query("SELECT id, note, data, amount FROM whole ORDER BY id")
            let parts = try connection.query("SELECT id, thing_id FROM part ORDER BY id")
            return wholes.map { "\($0["id"]!) \($0["note"]!) \($0["data"]!) \($0["amount"]!)" }
                + parts.map { "\($0["id"]!) \($0["thing_id"]!)" }
        }
    }

    @Test(
        "comes back on either database, whichever it is from", arguments: [Driver.sqliteFile, .postgreSQL],
        [Driver.sqliteFile, .postgreSQL])
    func allDirections(source: Driver, destination: Driver) async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/backup"
            let (sealed, content, summary) = try await withStore(source, migrations: Self.migrations) { store in
                let sealed = try await fill(store)
                let summary = try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
                return (sealed, try await Self.content(store), summary)
            }
            #expect(summary.vaultFingerprint == key.fingerprint)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try await withStore(destination, migrations: nil) { store in
                let restored = try await Backup.restore(
                    file, into: store, migrations: Self.migrations, key: key, time: .system)
                #expect(restored == summary)
                #expect(try await Self.content(store) == content)
                #expect(try await Vault.open(key: key, store: store).open(sealed, context: "whole:1") == "secret")
                #expect(try await Migrator(Self.migrations).migrate(store, time: .system) == [])
            }
        }
    }

    @Test("holds one moment, while others go on writing", arguments: [Driver.sqliteFile, .postgreSQL])
    func consistent(driver: Driver) async throws {
        try await withTemporaryDirectory { directory in
            try await withStore(driver, migrations: Self.migrations) { store in
                // Each transaction writes both tables; a backup of one moment has as many parts as wholes.
                let done = Atomic(false)
                async let writing: Int = {
                    var number = 0
                    while !done.load(ordering: .relaxed) {
                        let id = number
                        try await store.write { transaction in
                            try transaction.execute("INSERT INTO whole (id) VALUES (?)", [SQLValue("w\(id)")])
                            try transaction.execute(
                                "INSERT INTO part (id, thing_id) VALUES (?, ?)", [SQLValue(id), SQLValue("w\(id)")])
                        }
                        number += 1
                    }
                    return number
                }()
                var sizes: [Int] = []
                repeat {
                    let file = directory + "/backup\(sizes.count)"
                    _ = try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
                    try await withStore(.sqliteMemory, migrations: nil) { copy in
                        _ = try await Backup.restore(file, into: copy, migrations: Self.migrations, key: nil, time: .system)
                        let counts = try await copy.read { connection in
                            try ["whole", "part"].map { try connection.query("SELECT * FROM \($0)").count }
                        }
                        #expect(counts[0] == counts[1] + 1)
                        sizes.append(counts[1])
                    }
                } while sizes.last == sizes.first
                done.store(true, ordering: .relaxed)
                #expect(try await writing >= sizes[sizes.count - 1])
            }
        }
    }

    @Test("of an older schema is brought to the state of this program")
    func olderSchema() async throws {
        let later = Migration(302, "later", ["ALTER TABLE whole ADD COLUMN colour TEXT", "UPDATE whole SET colour = 'blue'"])
        try await withBackup { file in
            try await withStore(.sqliteMemory, migrations: nil) { store in
                _ = try await Backup.restore(
                    file, into: store, migrations: Self.migrations + [later], key: key, time: .system)
                let row = try await store.read { try $0.first("SELECT colour FROM whole WHERE id = 'w7'") }
                #expect(try row?.text("colour") == "blue")
            }
        }
    }

    @Test("of a newer schema is refused")
    func newerSchema() async throws {
        try await withBackup { file in
            try await withStore(.sqliteMemory, migrations: nil) { store in
                _ = await #expect(throws: StorageError.newerSchema(found: 301, known: 300)) {
                    try await Backup.restore(file, into: store, migrations: [Self.migrations[0]], key: key, time: .system)
                }
            }
        }
    }

    @Test("is restored only into an empty database", arguments: [Driver.sqliteFile, .postgreSQL])
    func notEmpty(driver: Driver) async throws {
        try await withBackup { file in
            try await withStore(driver, migrations: Self.migrations) { store in
                let before = try await Self.content(store)
                await #expect(throws: BackupError.notEmpty) {
                    try await Backup.restore(file, into: store, migrations: Self.migrations, key: key, time: .system)
                }
                #expect(try await Self.content(store) == before)
            }
        }
    }

    @Test("needs the key that its secrets are sealed with")
    func keys() async throws {
        try await withBackup { file in
            try await withStore(.sqliteMemory, migrations: nil) { store in
                await #expect(throws: BackupError.vaultKeyMissing(fingerprint: key.fingerprint)) {
                    try await Backup.restore(file, into: store, migrations: Self.migrations, key: nil, time: .system)
                }
                await #expect(throws: BackupError.otherVaultKey(fingerprint: key.fingerprint)) {
                    try await Backup.restore(
                        file, into: store, migrations: Self.migrations, key: .generate(.system), time: .system)
                }
            }
        }
    }

    @Test("that is damaged anywhere restores nothing", arguments: [Driver.sqliteFile, .postgreSQL])
    func damaged(driver: Driver) async throws {
        try await withBackup { file in
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
            let lines = bytes.split(separator: 10).count
            try await withStore(driver, migrations: nil) { store in
                for (number, broken) in Self.damages(bytes).enumerated() {
                    let path = file + ".\(number)"
                    try Data(broken).write(to: URL(filePath: path))
                    await #expect(throws: (any Error).self, "damage \(number) of \(lines) lines") {
                        try await Backup.restore(path, into: store, migrations: Self.migrations, key: key, time: .system)
                    }
                }
                // Nothing was left behind: the whole one still finds an empty database.
                _ = try await Backup.restore(file, into: store, migrations: Self.migrations, key: key, time: .system)
            }
        }
    }

    /// Cut off, a digit changed, a row twice, a row less, two tables exchanged, something behind the end, and no backup at all.
    private static func damages(_ bytes: [UInt8]) -> [[UInt8]] {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: true).map { Array($0) + [10] }
        let text = String(decoding: bytes, as: UTF8.self)
        let last = lines.count - 1
        return [
            Array(bytes.dropLast(1)), Array(bytes.prefix(bytes.count / 2)), Array(lines.dropLast().joined()),
            Array(text.replacing("\"w7\",\"", with: "\"w7\",\"x").utf8),
            Array((lines[..<(last - 1)] + [lines[last - 1], lines[last - 1], lines[last]]).joined()),
            Array((lines[..<(last - 1)] + [lines[last]]).joined()),
            Array(text.replacing("{\"table\":\"whole\"", with: "{\"table\":\"other\"").utf8),
            bytes + lines[last], Array("{}\n".utf8), [], Array("SQLite format 3\u{0}".utf8),
        ]
    }

    @Test("overwrites no file, and leaves none behind when it fails")
    func files() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/backup"
            try await withStore(.sqliteMemory, migrations: nil) { store in
                await #expect(throws: BackupError.nothingToBackUp) {
                    try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
                }
                try await Migrator(Self.migrations).migrate(store, time: .system)
                _ = try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
                await #expect(throws: BackupError.fileExists(path: file)) {
                    try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
                }
                await #expect(throws: BackupError.file(path: "/nowhere/backup", reason: "No such file or directory")) {
                    try await Backup.write(store, to: "/nowhere/backup", migrations: Self.migrations, time: .system)
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["backup"])
        }
    }

    @Test("of a SQLite file is taken beside its writer, and of one that was closed")
    func readsBeside() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/martlet.db"
            let store = try await SQLiteStore(path: path)
            try await Migrator(Self.migrations).migrate(store, time: .system)
            _ = try await fill(store)
            for name in ["open", "closed"] {
                if name == "closed" { try await store.close() }
                let reader = try SQLiteStore(reading: path)
                await #expect(throws: StorageError.self) { try await reader.write { try $0.execute("DELETE FROM part", []) } }
                let file = "\(directory)/\(name)"
                let summary = try await Backup.write(reader, to: file, migrations: Self.migrations, time: .system)
                #expect(summary.rows > 1_200)
                try await reader.close()
            }
        }
    }

    /// A backup of the rows of ``fill(_:)``.
    private func withBackup(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/backup"
            try await withStore(.sqliteMemory, migrations: Self.migrations) { store in
                _ = try await fill(store)
                _ = try await Backup.write(store, to: file, migrations: Self.migrations, time: .system)
            }
            try await body(file)
        }
    }
}
