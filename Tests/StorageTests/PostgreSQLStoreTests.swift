import Model
import Storage
import Testing

/// What only the PostgreSQL driver does.
@Suite("The PostgreSQL driver")
struct PostgreSQLStoreTests {
    @Test("confirms a write when it is on the disk, also where the server would not wait")
    func synchronousCommit() async throws {
        // The server of these tests runs without all that.
        let store = try await PostgreSQLStore(connection: try PostgreSQLServer.shared().newDatabase(), connections: 1)
        let settings = try await store.write { transaction in
            try transaction.first(
                """
                SELECT current_setting('synchronous_commit') AS session, boot_val, reset_val FROM pg_settings
                WHERE name = 'synchronous_commit'
                """)
        }
        #expect(settings?.optionalText("session") == "on")
        #expect(settings?.optionalText("reset_val") == "off")
        try await store.close()
    }

    @Test("keeps a stricter setting of the connection")
    func stricter() async throws {
        let connection = try await PostgreSQLServer.shared().newDatabase().replacing(
            "options='", with: "options='-c synchronous_commit=remote_apply ")
        let store = try await PostgreSQLStore(connection: connection, connections: 1)
        let row = try await store.read { try $0.first("SELECT current_setting('synchronous_commit') AS session") }
        #expect(row?.optionalText("session") == "remote_apply")
        try await store.close()
    }

    @Test("notices running nodes, and keeps them out while it works alone")
    func nodes() async throws {
        let database = try await PostgreSQLServer.shared().newDatabase()
        let (node, alone) = (
            try await PostgreSQLStore(connection: database, connections: 1),
            try await PostgreSQLStore(connection: database, connections: 1)
        )
        try await Migrator([]).migrate(node, time: .system)
        let listening = Task { await OutboxListener(node).listen(after: 0) { _ in } }
        let counted = """
            SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted
            AND classid = 72021000 AND objid::bigint = (hashtext(current_schema())::bigint & 4294967295)
            """
        while try await alone.read({ try $0.first(counted)?.int("n") }) == 0 { await Task.yield() }
        await #expect(throws: StorageError.nodesRunning) { try await alone.excludeNodes() }
        listening.cancel()
        try await node.close()
        // The server gives a lock back a little after its connection is gone.
        while try await alone.read({ try $0.first(counted)?.int("n") }) != 0 { await Task.yield() }
        try await alone.excludeNodes()
        try await alone.close()
    }

    @Test("warns of a server that does not sync")
    func warnings() async throws {
        let store = try await PostgreSQLStore(connection: try PostgreSQLServer.shared().newDatabase(), connections: 1)
        let warnings = try await store.durabilityWarnings()
        #expect(warnings.count == 2)
        #expect(warnings.first?.contains("fsync = off") == true)
        try await store.close()
    }
}
