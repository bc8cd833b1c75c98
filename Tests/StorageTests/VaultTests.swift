import Foundation
import Model
import Storage
import Testing

@Suite("The vault")
struct VaultTests {
    private let key = VaultKey.generate(.system)

    @Test("what is sealed opens in its own context only, and looks different every time", arguments: ["", "s3cret", "ü🔑"])
    func seals(secret: String) async throws {
        try await withStore(.sqliteMemory) { store in
            let vault = try await Vault.open(key: key, store: store)
            let sealed = try vault.seal(secret, context: "endpoint-security:1")
            #expect(try vault.open(sealed, context: "endpoint-security:1") == secret)
            #expect(try vault.seal(secret, context: "endpoint-security:1") != sealed)
            #expect(secret.isEmpty || !sealed.contains(secret))
            #expect(throws: StorageError.unsealFailed) { try vault.open(sealed, context: "endpoint-security:2") }
        }
    }

    @Test(
        "damaged text does not open", arguments: ["", "v1:", "v1:AAAA", "plain", "v2:\(Data(count: 40).base64EncodedString())"])
    func damaged(sealed: String) async throws {
        try await withStore(.sqliteMemory) { store in
            let vault = try await Vault.open(key: key, store: store)
            #expect(throws: StorageError.unsealFailed) { try vault.open(sealed, context: "c") }
        }
    }

    @Test("any changed byte is noticed")
    func tampered() async throws {
        try await withStore(.sqliteMemory) { store in
            let vault = try await Vault.open(key: key, store: store)
            let bytes = try #require(Data(base64Encoded: String(try vault.seal("secret", context: "c").dropFirst(3))))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                #expect(throws: StorageError.unsealFailed) {
                    try vault.open("v1:" + changed.base64EncodedString(), context: "c")
                }
            }
        }
    }

    @Test("a database refuses another key than its first", arguments: [Driver.sqliteMemory, .postgreSQL])
    func wrongKey(driver: Driver) async throws {
        try await withStore(driver) { store in
            let sealed = try await Vault.open(key: key, store: store).seal("x", context: "c")
            await #expect(throws: StorageError.wrongVaultKey) { try await Vault.open(key: .generate(.system), store: store) }
            #expect(try await Vault.open(key: key, store: store).open(sealed, context: "c") == "x")
        }
    }

    @Test("a hash recognises its secret only, in its own context")
    func hashes() async throws {
        try await withStore(.sqliteMemory) { store in
            let vault = try await Vault.open(key: key, store: store)
            let hash = vault.hash("secret", context: "client:1")
            #expect(vault.matches("secret", hash: hash, context: "client:1"))
            #expect(!vault.matches("Secret", hash: hash, context: "client:1"))
            #expect(!vault.matches("secret", hash: hash, context: "client:2"))
            #expect(!vault.matches("secret", hash: "no base64!", context: "client:1"))
            #expect(vault.hash("bc", context: "a") != vault.hash("c", context: "ab"))
        }
    }

    @Test("rotation seals every registered column anew; hashes stay valid", arguments: [Driver.sqliteMemory, .postgreSQL])
    func rotates(driver: Driver) async throws {
        let table = Migration(300, "secret", ["CREATE TABLE secret (id TEXT PRIMARY KEY, sealed TEXT)"])
        let column = SealedColumn(table: "secret", id: "id", column: "sealed", context: "secret")
        try await withStore(driver, migrations: [table]) { store in
            let old = try await Vault.open(key: key, store: store)
            let hash = old.hash("s", context: "client")
            try await store.write { transaction in
                for id in ["a", "b"] {
                    try transaction.execute(
                        "INSERT INTO secret (id, sealed) VALUES (?, ?)",
                        [SQLValue(id), SQLValue(try old.seal("secret of \(id)", context: "secret:\(id)"))])
                }
                try transaction.execute("INSERT INTO secret (id) VALUES ('none')", [])
            }
            let next = VaultKey.generate(.system)
            #expect(try await Vault.rotate(from: key, to: next, columns: [column], store: store) == 2)
            let new = try await Vault.open(key: next, store: store)
            let rows = try await store.read { try $0.query("SELECT id, sealed FROM secret WHERE sealed IS NOT NULL") }
            for row in rows {
                let id = try row.text("id")
                #expect(try new.open(try row.text("sealed"), context: "secret:\(id)") == "secret of \(id)")
                #expect(throws: StorageError.unsealFailed) { try old.open(try row.text("sealed"), context: "secret:\(id)") }
            }
            #expect(new.matches("s", hash: hash, context: "client"))
            await #expect(throws: StorageError.wrongVaultKey) { try await Vault.open(key: key, store: store) }
        }
    }

    @Test("rotation finds all rows, also where several have one id", arguments: [Driver.sqliteMemory, .postgreSQL])
    func rotatesEverything(driver: Driver) async throws {
        let table = Migration(
            300, "secret", ["CREATE TABLE secret (id TEXT NOT NULL, number INTEGER PRIMARY KEY, sealed TEXT)"])
        let column = SealedColumn(table: "secret", id: "id", column: "sealed", context: "secret")
        try await withStore(driver, migrations: [table]) { store in
            let old = try await Vault.open(key: key, store: store, columns: [column])
            try await store.write { transaction in
                for number in 0..<1_203 {
                    let id = "id \(number / 3)"
                    try transaction.execute(
                        "INSERT INTO secret (id, number, sealed) VALUES (?, ?, ?)",
                        [SQLValue(id), SQLValue(number), SQLValue(try old.seal("\(number)", context: "secret:\(id)"))])
                }
            }
            let next = VaultKey.generate(.system)
            #expect(try await Vault.rotate(from: key, to: next, columns: [column], store: store) == 1_203)
            let new = try await Vault.open(key: next, store: store)
            let rows = try await store.read { try $0.query("SELECT id, number, sealed FROM secret") }
            #expect(rows.count == 1_203)
            for row in rows {
                let number = try row.int("number")
                let opened = try new.open(try row.text("sealed"), context: "secret:\(try row.text("id"))")
                #expect(opened == "\(number)")
            }
        }
    }

    @Test("a vault with columns seals nothing else")
    func knownColumns() async throws {
        let column = SealedColumn(table: "t", id: "id", column: "c", context: "known")
        try await withStore(.sqliteMemory, migrations: []) { store in
            let vault = try await Vault.open(key: key, store: store, columns: [column])
            #expect(try vault.open(try vault.seal("s", context: "known:1:2"), context: "known:1:2") == "s")
            for context in ["unknown:1", "known2:1", "", ":known"] {
                #expect(throws: StorageError.unknownSecret(context: context)) { try vault.seal("s", context: context) }
            }
        }
    }

    @Test("the key file is made once, for its owner only, and rotation replaces it")
    func keyFile() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/vault.key"
            try await withStore(.sqliteMemory) { store in
                let first = try await Vault.open(keyFile: path, store: store)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                let hash = first.hash("s", context: "c")
                let text = try String(contentsOfFile: path, encoding: .utf8)
                try await Vault.rotate(keyFile: path, columns: [], store: store)
                #expect(try String(contentsOfFile: path, encoding: .utf8) != text)
                #expect(try await Vault.open(keyFile: path, store: store).matches("s", hash: hash, context: "c"))
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["vault.key"])
            }
        }
    }

    @Test("a rotation that was cut off before the key file was replaced is completed at the next start")
    func interruptedRotation() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/vault.key"
            try await withStore(.sqliteMemory) { store in
                _ = try await Vault.open(keyFile: path, store: store)
                let next = try VaultKey.load(path: path + ".next", random: .system)
                try await Vault.rotate(
                    from: try VaultKey.load(path: path, random: .system), to: next, columns: [], store: store)
                _ = try await Vault.open(keyFile: path, store: store)
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["vault.key"])
            }
        }
    }

    @Test(
        "a key that is no 32 bytes of Base64 is refused", arguments: ["", "abc", Data(count: 31).base64EncodedString(), "!!!!"])
    func invalidKey(text: String) {
        #expect(throws: StorageError.invalidVaultKey(source: "here")) { try VaultKey(base64: text, source: "here") }
    }
}
