import Model
import Storage
import Synchronization
import Testing

@Suite("The watch over statements")
struct StatementWatchTests {
    private final class Seen: Sendable {
        let statements = Mutex<[RunStatement]>([])
        var texts: [String] { statements.withLock { $0.map(\.sql) } }
    }

    @Test("statements are told of while it is on, with what they ran for and without values")
    func statements() async throws {
        let seen = Seen()
        let watch = StatementWatch { statement in seen.statements.withLock { $0.append(statement) } }
        let store = try SQLiteStore.temporary(statements: watch)
        try await store.write { try $0.execute("CREATE TABLE item (name TEXT)", []) }
        #expect(seen.texts.isEmpty)
        watch.set(isOn: true)
        let insertion = "INSERT INTO item (name) VALUES (?)"
        try await CorrelationID.$current.withValue("request-1") {
            try await store.write { try $0.execute(insertion, [.text("secret")]) }
            #expect(try await store.read { try $0.query("SELECT name FROM item") }.first?.text("name") == "secret")
        }
        await #expect(throws: StorageError.self) { try await store.read { _ = try $0.query("SELECT nonsense") } }
        watch.set(isOn: false)
        _ = try await store.read { try $0.query("SELECT 1 AS one") }
        #expect(seen.texts == [insertion, "SELECT name FROM item", "SELECT nonsense"])
        let all = seen.statements.withLock { $0 }
        #expect(all.map(\.correlationID) == ["request-1", "request-1", nil])
        #expect(all.allSatisfy { (0..<60_000).contains($0.milliseconds) })
        try await store.close()
    }
}
