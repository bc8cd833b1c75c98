import Foundation
import Identity
import Logging
import Model
import Settings
import Storage
import Testing

@testable import Platform

/// Whether the rotation of the vault's key finds every secret.
@Suite("The vault of the platform")
struct StateStoreTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private func withInstallation(_ body: (ControlPlaneParts, DataDirectory) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try DataDirectory(path: path)
        let parts = try await ControlPlaneParts.open(directory, settings: Settings(), offset: 0, logger: Logger(label: "test"))
        try await body(parts, directory)
        try await parts.state.store.close()
    }

    @Test("every sealed column that the sources declare is known to the rotation")
    func declared() throws {
        let declaration = /SealedColumn\(\s*table: "([a-z_]+)", id: "[a-z_]+", column: "([a-z_]+)"/
        var found: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: declaration) { found.insert("\(match.1).\(match.2)") }
        }
        #expect(found == Set(StateStore.sealedColumns.map { "\($0.table).\($0.column)" }))
        #expect(found.count >= 6)
    }

    @Test("every sealed column is there, and its context is its own")
    func columns() async throws {
        try await withInstallation { parts, _ in
            for column in StateStore.sealedColumns {
                let sql = "SELECT \(column.id) AS id, \(column.column) AS sealed FROM \(column.table)"
                _ = try await parts.state.store.read { try $0.query(sql) }
            }
            #expect(Set(StateStore.sealedColumns.map(\.context)).count == StateStore.sealedColumns.count)
        }
    }

    @Test("nothing is sealed that the rotation would not find")
    func unknown() async throws {
        try await withInstallation { parts, _ in
            #expect(throws: StorageError.unknownSecret(context: "other:1")) {
                try parts.state.vault.seal("secret", context: "other:1")
            }
            for column in StateStore.sealedColumns {
                _ = try parts.state.vault.seal("secret", context: "\(column.context):1")
            }
        }
    }

    @Test("a rotation that was cut off is completed by the next start")
    func interrupted() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try DataDirectory(path: path)
        let state = try await StateStore.open(directory, settings: Settings(), time: .system, random: .system)
        let old = try String(contentsOfFile: directory.vaultKeyPath, encoding: .utf8)
        try await Vault.rotate(keyFile: directory.vaultKeyPath, columns: StateStore.sealedColumns, store: state.store)
        // As if the process had ended between the commit and the replacement of the file.
        try FileManager.default.moveItem(atPath: directory.vaultKeyPath, toPath: directory.vaultKeyPath + ".next")
        try old.write(toFile: directory.vaultKeyPath, atomically: true, encoding: .utf8)
        try await state.store.close()
        let reopened = try await StateStore.open(directory, settings: Settings(), time: .system, random: .system)
        try await reopened.store.close()
        #expect(try String(contentsOfFile: directory.vaultKeyPath, encoding: .utf8) != old)
        #expect(!FileManager.default.fileExists(atPath: directory.vaultKeyPath + ".next"))
    }
}
