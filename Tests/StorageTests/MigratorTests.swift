import Model
import Storage
import Testing

@Suite("Migrations")
struct MigratorTests {
    @Test("an empty database gets all migrations in order of their numbers, a second run none")
    func appliesOnce() async throws {
        let store = try SQLiteStore.temporary()
        let migrator = try Migrator([
            Migration(301, "fill", ["INSERT INTO thing (id) VALUES (7)"]),
            Migration(300, "make", ["CREATE TABLE thing (id INTEGER PRIMARY KEY)"]),
        ])
        let first = try await migrator.migrate(store, time: .system)
        #expect(first == first.sorted() && first.suffix(2) == [300, 301])
        #expect(try await migrator.migrate(store, time: .system) == [])
        let count = try await store.read { try $0.first("SELECT count(*) AS n FROM thing")?.int("n") }
        #expect(count == 1)
    }

    @Test("a database of a newer program is refused before any change")
    func refusesNewer() async throws {
        let store = try SQLiteStore.temporary()
        let newer = Migration(900, "newer", ["CREATE TABLE later (id INTEGER PRIMARY KEY)"])
        try await Migrator([newer]).migrate(store, time: .system)
        let older = try Migrator([Migration(800, "other", ["CREATE TABLE other (id INTEGER PRIMARY KEY)"])])
        await #expect(throws: StorageError.newerSchema(found: 900, known: 800)) {
            try await older.migrate(store, time: .system)
        }
        await #expect(throws: StorageError.self) { try await store.read { try $0.query("SELECT id FROM other") } }
    }

    @Test("a migration that fails leaves nothing behind")
    func failsWhole() async throws {
        let store = try SQLiteStore.temporary()
        let broken = try Migrator([Migration(300, "broken", ["CREATE TABLE half (id INTEGER PRIMARY KEY)", "NONSENSE"])])
        await #expect(throws: StorageError.self) { try await broken.migrate(store, time: .system) }
        let mended = try Migrator([Migration(300, "mended", ["CREATE TABLE half (id INTEGER PRIMARY KEY)"])])
        #expect(try await mended.migrate(store, time: .system) == [300])
    }

    @Test("two migrations with one number are a mistake of the program")
    func refusesDuplicates() {
        #expect(throws: StorageError.duplicateMigration(number: 5)) {
            try Migrator([Migration(5, "one", []), Migration(5, "two", [])])
        }
    }
}
