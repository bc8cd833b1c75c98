import Model
import Storage
import Synchronization
import Testing

/// What every driver must do alike.
@Suite("A relational store")
struct SQLStoreTests {
    static let tables = [
        Migration(
            300, "tables",
            [
                "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, note TEXT, data BLOB, amount INTEGER)",
                "CREATE UNIQUE INDEX item_by_name ON item (lower(name))",
                """
                CREATE TABLE part (id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE)
                """,
            ])
    ]

    @Test(
        "values come back as they were written",
        arguments: Driver.allCases,
        [
            [SQLValue.text(""), .blob([]), .integer(0)],
            [.text("smörgåsbord 🐦 \u{10FFFF} e\u{301} '?' \\ \" $1"), .blob([0, 255, 39, 92]), .integer(.max)],
            [.null, .null, .integer(.min)],
        ])
    func roundTrip(driver: Driver, values: [SQLValue]) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let row = try await store.write { transaction in
                try transaction.execute("INSERT INTO item (id, name, data, amount) VALUES (1, ?, ?, ?)", values)
                return try transaction.first("SELECT name, data, amount FROM item WHERE id = 1")
            }
            #expect([row?["name"], row?["data"], row?["amount"]] == values)
        }
    }

    @Test("text and blobs of a megabyte fit", arguments: Driver.allCases)
    func largeValues(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let text = String(repeating: "ä", count: 1 << 19)
            let blob = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0) }
            try await store.write { transaction in
                _ = try transaction.execute(
                    "INSERT INTO item (id, note, data) VALUES (1, ?, ?)", [SQLValue(text), SQLValue(blob)])
            }
            let row = try #require(try await store.read { try $0.first("SELECT note, data FROM item") })
            #expect(try row.text("note") == text)
            #expect(try row.blob("data") == blob)
        }
    }

    @Test("U+0000 is refused, and the transaction with it", arguments: Driver.allCases)
    func nullCharacter(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            await #expect(throws: StorageError.nullCharacter) {
                try await store.write { transaction in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)", [])
                    try transaction.execute("INSERT INTO item (id, name) VALUES (2, ?)", ["a\u{0}b"])
                }
            }
            let left = try await count(store)
            #expect(left == 0)
        }
    }

    @Test("text is ordered by bytes, and letters outside of ASCII have no case", arguments: Driver.allCases)
    func collation(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let names = ["b", "Ä", "a_c", "ä", "Z", "é", "a%"]
            try await store.write { transaction in
                for (id, name) in names.enumerated() {
                    try transaction.execute("INSERT INTO item (id, name) VALUES (?, ?)", [SQLValue(id), SQLValue(name)])
                }
            }
            try await store.read { connection in
                let ordered = try connection.query("SELECT name FROM item ORDER BY name").map { try $0.text("name") }
                #expect(ordered == ["Z", "a%", "a_c", "b", "Ä", "ä", "é"])
                let byName = "SELECT name FROM item WHERE lower(name) = lower(?)"
                #expect(try connection.query(byName, ["z"]).count == 1)
                #expect(try connection.query(byName, ["Ä"]).map { try $0.text("name") } == ["Ä"])
                let like = "SELECT name FROM item WHERE lower(name) LIKE ? ESCAPE '!'"
                #expect(try connection.query(like, [SQLPattern.containing("_C")]).map { try $0.text("name") } == ["a_c"])
                #expect(try connection.query(like, [SQLPattern.startingWith("A%")]).map { try $0.text("name") } == ["a%"])
            }
        }
    }

    @Test(
        "sums, counts and comparisons are integers; question marks in literals are no placeholders", arguments: Driver.allCases)
    func expressions(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            try await store.write { _ = try $0.execute("INSERT INTO item (id, amount) VALUES (1, 20), (2, 22)", []) }
            let row = try await store.read { connection in
                try connection.first(
                    """
                    SELECT sum(amount) AS total, count(*) AS n, 1 = 1 AS yes, '?' AS mark, ? AS given, -- why?
                        CASE WHEN ? IS NULL THEN 1 ELSE 0 END AS missing, CAST('9000000000' AS INTEGER) AS large /* ? */ FROM item
                    """, ["x", nil])
            }
            let found = try #require(row)
            #expect(try found.int("total") == 42 && found.int("n") == 2 && found.bool("yes") && found.bool("missing"))
            #expect(try found.text("mark") == "?" && found.text("given") == "x" && found.int("large") == 9_000_000_000)
        }
    }

    @Test("a floating-point result is refused", arguments: Driver.allCases)
    func noFloats(driver: Driver) async throws {
        try await withStore(driver) { store in
            await #expect(throws: StorageError.unsupportedType(column: "half")) {
                try await store.read { try $0.query("SELECT 0.5 AS half") }
            }
        }
    }

    @Test("the number of changed rows does not count cascades", arguments: Driver.allCases)
    func changedRows(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let counts = try await store.write { transaction in
                [
                    try transaction.execute("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')", []),
                    try transaction.execute("INSERT INTO part (id, item_id) VALUES (1, 1), (2, 1)", []),
                    try transaction.execute("INSERT INTO item (id, name) VALUES (3, 'A') ON CONFLICT DO NOTHING", []),
                    try transaction.execute("UPDATE item SET amount = 1", []),
                    try transaction.execute("DELETE FROM item WHERE id = 1", []),
                    try transaction.execute("DELETE FROM item WHERE id = 77", []),
                ]
            }
            #expect(counts == [2, 2, 0, 2, 1, 0])
            #expect(try await store.read { try $0.query("SELECT id FROM part").count } == 0)
        }
    }

    @Test("a constraint that is violated, and nonsense, roll the transaction back", arguments: Driver.allCases)
    func refused(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            for statement in [
                "INSERT INTO item (id, name) VALUES (2, 'A')", "INSERT INTO part (id, item_id) VALUES (1, 99)", "NONSENSE",
            ] {
                await #expect(throws: StorageError.self) {
                    try await store.write { transaction in
                        try transaction.execute("INSERT INTO item (id, name) VALUES (1, 'a')", [])
                        try transaction.execute(statement, [])
                    }
                }
            }
            let left = try await count(store)
            #expect(left == 0)
        }
    }

    @Test("a failed statement dooms the transaction even if its error is caught", arguments: Driver.allCases)
    func doomed(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            await #expect(throws: StorageError.self) {
                try await store.write { transaction in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)", [])
                    _ = try? transaction.execute("INSERT INTO item (id) VALUES (1)", [])
                }
            }
            let left = try await count(store)
            #expect(left == 0)
        }
    }

    @Test("a read cannot write", arguments: Driver.allCases)
    func readOnly(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            await #expect(throws: StorageError.self) {
                try await store.read { try $0.query("INSERT INTO item (id) VALUES (1) RETURNING id") }
            }
            let left = try await count(store)
            #expect(left == 0)
        }
    }

    @Test("a read sees one state from beginning to end", arguments: [Driver.sqliteFile, .postgreSQL])
    func isolation(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let mayGoOn = Mutex(false)
            async let counts = store.read { connection in
                let before = try connection.query("SELECT id FROM item").count
                begin.yield()
                // A closure of the store runs on a thread of its own, so it may wait; the writer below ends the wait.
                while !mayGoOn.withLock({ $0 }) {}
                return [before, try connection.query("SELECT id FROM item").count]
            }
            for await _ in begun { break }
            try await store.write { _ = try $0.execute("INSERT INTO item (id) VALUES (1)", []) }
            mayGoOn.withLock { $0 = true }
            #expect(try await counts == [0, 0])
            #expect(try await count(store) == 1)
        }
    }

    @Test("concurrent increments are all counted, whatever has to be repeated", arguments: Driver.allCases)
    func noLostUpdates(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            try await store.write { _ = try $0.execute("INSERT INTO item (id, amount) VALUES (1, 0)", []) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await store.write { transaction in
                                let amount = try transaction.first("SELECT amount FROM item WHERE id = 1")?.int("amount") ?? 0
                                try transaction.execute("UPDATE item SET amount = ? WHERE id = 1", [SQLValue(amount + 1)])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.first("SELECT amount FROM item")?.int("amount") } == 80)
        }
    }

    @Test("a thousand rows with a thousand different statements work", arguments: Driver.allCases)
    func manyStatements(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            try await store.write { transaction in
                for id in 1...1000 {
                    try transaction.execute("INSERT INTO item (id, amount) VALUES (\(id), ?)", [SQLValue(id)])
                }
            }
            #expect(try await count(store) == 1000)
        }
    }

    @Test("closing waits for running work and refuses further work", arguments: Driver.allCases)
    func closesWhileBusy(driver: Driver) async throws {
        try await withStore(driver, migrations: Self.tables) { store in
            let (begun, begin) = AsyncStream<Void>.makeStream()
            async let written: Void = store.write { transaction in
                begin.yield()
                for id in 1...500 { try transaction.execute("INSERT INTO item (id) VALUES (?)", [SQLValue(id)]) }
            }
            for await _ in begun { break }
            try await store.close()
            try await written
            await #expect(throws: StorageError.closed) { try await store.read { try $0.query("SELECT 1 AS one") } }
        }
    }

    @Test(
        "numbers of a sequence are stable and follow each other; sequences do not disturb each other",
        arguments: Driver.allCases)
    func numbers(driver: Driver) async throws {
        try await withStore(driver) { store in
            let first = try await store.write {
                [try NumberSequence.next("api", in: $0), try NumberSequence.next("api", in: $0)]
            }
            try? await store.write { transaction in
                _ = try NumberSequence.next("api", in: transaction)
                throw Refused()
            }
            let second = try await store.write {
                [try NumberSequence.next("api", in: $0), try NumberSequence.next("x", in: $0)]
            }
            #expect(first == [1, 2] && second == [3, 1])
        }
    }

    private func count(_ store: any SQLStore) async throws -> Int? {
        try await store.read { try $0.first("SELECT count(*) AS n FROM item")?.int("n") }
    }
}
