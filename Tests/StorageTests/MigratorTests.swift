import Model
import Testing

@testable import Storage

@Suite("Migrations")
struct MigratorTests {
    @Test("an empty database gets all migrations in order of their numbers, a second run none", arguments: Driver.allCases)
    func appliesOnce(driver: Driver) async throws {
        try await withStore(driver, migrations: nil) { store in
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
    }

    @Test("a database of a newer program is refused before any change", arguments: Driver.allCases)
    func refusesNewer(driver: Driver) async throws {
        try await withStore(driver, migrations: nil) { store in
            let newer = Migration(900, "newer", ["CREATE TABLE later (id INTEGER PRIMARY KEY)"])
            try await Migrator([newer]).migrate(store, time: .system)
            let older = try Migrator([Migration(800, "other", ["CREATE TABLE other (id INTEGER PRIMARY KEY)"])])
            await #expect(throws: StorageError.newerSchema(found: 900, known: 800)) {
                try await older.migrate(store, time: .system)
            }
            await #expect(throws: StorageError.self) { try await store.read { try $0.query("SELECT id FROM other") } }
        }
    }

    @Test("a migration that fails leaves nothing behind", arguments: Driver.allCases)
    func failsWhole(driver: Driver) async throws {
        try await withStore(driver, migrations: nil) { store in
            let broken = try Migrator([Migration(300, "broken", ["CREATE TABLE half (id INTEGER PRIMARY KEY)", "NONSENSE"])])
            await #expect(throws: StorageError.self) { try await broken.migrate(store, time: .system) }
            let mended = try Migrator([Migration(300, "mended", ["CREATE TABLE half (id INTEGER PRIMARY KEY)"])])
            #expect(try await mended.migrate(store, time: .system) == [300])
        }
    }

    @Test("several processes that start at once migrate once", arguments: [Driver.postgreSQL])
    func concurrent(driver: Driver) async throws {
        try await withStore(driver, migrations: nil) { store in
            let migrator = try Migrator([Migration(300, "make", ["CREATE TABLE thing (id INTEGER PRIMARY KEY)"])])
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await migrator.migrate(store, time: .system).count } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(applied.sorted() == [0, 0, 0, StorageMigrations.all.count + 1])
        }
    }

    @Test(
        "a database from an older program gets the migrations that it lacks, also those with lower numbers",
        arguments: Driver.allCases)
    func completes(driver: Driver) async throws {
        try await withStore(driver, migrations: [Migration(400, "old", ["CREATE TABLE old (id INTEGER PRIMARY KEY)"])]) {
            store in
            try await store.write { _ = try $0.execute("INSERT INTO old (id) VALUES (5)", []) }
            let newer = try Migrator([
                Migration(400, "old", ["CREATE TABLE old (id INTEGER PRIMARY KEY)"]),
                Migration(301, "new", ["ALTER TABLE old ADD COLUMN note TEXT", "UPDATE old SET note = 'kept'"]),
            ])
            #expect(try await newer.migrate(store, time: .system) == [301])
            let row = try await store.read { try $0.first("SELECT * FROM old") }
            #expect(try row?.int("id") == 5 && row?.text("note") == "kept")
        }
    }

    @Test("two migrations with one number are a mistake of the program")
    func refusesDuplicates() {
        #expect(throws: StorageError.duplicateMigration(number: 5)) {
            try Migrator([Migration(5, "one", []), Migration(5, "two", [])])
        }
    }
}
