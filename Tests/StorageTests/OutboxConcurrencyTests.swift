import Model
import Storage
import Testing

@Suite("The outbox under concurrent writers")
struct OutboxConcurrencyTests {
    @Test(
        "a reader that follows by sequence sees every change of 16 writers once visible, in order", arguments: Driver.allCases)
    func followsWriters(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            async let followed = follow(GatewayEntityReader(store), until: 96)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        for number in 0..<6 {
                            try await changes.change(.test) { change in
                                change.publish(.put(.application(.test("\(writer)-\(number)"))))
                                try change.audit("create", kind: "application", id: "\(writer)-\(number)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let (sequences, keys) = try await followed
            #expect(sequences == sequences.sorted() && sequences.last == 96)
            #expect(keys.count == 96 && Set(keys).count == 96)
            #expect(try await store.read { try $0.query("SELECT id FROM audit_row").count } == 96)
        }
    }

    /// Reads from the last sequence seen, again and again, as a gateway does.
    private func follow(_ reader: GatewayEntityReader, until last: Int64) async throws -> (sequences: [Int64], keys: [String]) {
        var sequences: [Int64] = [0]
        var keys: [String] = []
        while let sequence = sequences.last, sequence < last {
            guard case .changes(let through, let changes) = try await reader.changes(after: sequence) else { break }
            for case .put(let entity) in changes { keys.append(entity.key) }
            sequences.append(through)
            await Task.yield()
        }
        return (sequences, keys)
    }

    @Test("a listener is told about changes of other connections", arguments: [Driver.sqliteFile, .postgreSQL])
    func listens(driver: Driver) async throws {
        try await withStore(driver) { store in
            let (heads, head) = AsyncStream<Int64>.makeStream()
            // On PostgreSQL only the notification can wake the listener in time.
            let interval: Int32 = driver == .postgreSQL ? 60_000 : 10
            let listening = Task {
                await OutboxListener(store, pollingMilliseconds: interval).listen(after: 0) { head.yield($0) }
            }
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            var next = heads.makeAsyncIterator()
            for sequence in Int64(1)...3 {
                try await changes.change(.test) { $0.publish(.put(.application(.test("a\(sequence)")))) }
                #expect(await next.next() == sequence)
            }
            listening.cancel()
        }
    }
}
