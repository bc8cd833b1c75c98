import Foundation
import Storage
import Testing

@Suite("The data directory")
struct DataDirectoryTests {
    @Test("it is created with its parents for its owner only, and locked while it is open")
    func locks() async throws {
        try await withTemporaryDirectory { parent in
            let path = parent + "/deep/data"
            do {
                let directory = try DataDirectory(path: path)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o700)
                #expect(throws: StorageError.directoryInUse(path: path)) { try DataDirectory(path: path) }
                #expect(directory.databasePath.hasPrefix(path) && directory.vaultKeyPath.hasPrefix(path))
            }
            _ = try DataDirectory(path: path)
        }
    }

    @Test("a path below a file is refused with the reason")
    func notADirectory() async throws {
        try await withTemporaryDirectory { parent in
            try Data().write(to: URL(fileURLWithPath: parent + "/file"))
            let expected = StorageError.directoryNotWritable(path: parent + "/file/data", reason: "Not a directory")
            #expect(throws: expected) { try DataDirectory(path: parent + "/file/data") }
        }
    }

    @Test("a confirmed write survives without closing the database")
    func survives() async throws {
        try await withTemporaryDirectory { parent in
            let directory = try DataDirectory(path: parent + "/data")
            let store = try await SQLiteStore(path: directory.databasePath)
            let pragma = try await store.write { try $0.first("PRAGMA synchronous")?.int("synchronous") }
            #expect(pragma == 2, "FULL")
            try await store.write { _ = try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)", []) }
            for file in ["martlet.db", "martlet.db-wal"] {
                try FileManager.default.copyItem(atPath: directory.path + "/" + file, toPath: parent + "/" + file)
            }
            let copy = try await SQLiteStore(path: parent + "/martlet.db")
            #expect(try await copy.read { try $0.query("SELECT id FROM t").count } == 0)
            try await copy.close()
            try await store.close()
        }
    }
}
