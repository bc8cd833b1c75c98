import Glibc

/// One connection with its prepared statements. Used by one thread.
final class PostgreSQLConnection: SQLTransaction, OutboxSignalling {
    private struct Shape: Hashable {
        var sql: String
        var parameters: [PostgreSQLDialect.Parameter]
    }

    private let library: LibPQ
    private let handle: OpaquePointer
    private var prepared: [Shape: String] = [:]
    /// The first failure of the current transaction. After one the server refuses everything until the rollback.
    private(set) var failure: PostgreSQLError?
    static let maximumPrepared = 500

    /// `connection` is a connection string or URI as libpq reads it; it decides about TLS (`sslmode`, `sslrootcert`, …).
    init(_ connection: String, _ library: LibPQ) throws {
        // Later values win: the string, expanded as the database's name, overrides what stands before it.
        let parameters = [
            ("connect_timeout", "10"), ("tcp_user_timeout", "30000"), ("fallback_application_name", "martlet"),
            ("dbname", connection), ("client_encoding", "UTF8"),
        ]
        guard let handle = Self.connect(parameters, library) else {
            throw StorageError.unavailable(message: "no memory for a connection to PostgreSQL")
        }
        self.library = library
        self.handle = handle
        guard isUsable else {
            throw StorageError.unavailable(message: library.errorMessage(handle).map { String(cString: $0) } ?? "")
        }
        try command("SET client_min_messages = warning")
        try command("SET bytea_output = hex")
        // A write is confirmed when it is on the disk, whatever the server's default is; stricter settings stay.
        try command(
            """
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
            """)
    }

    deinit { library.finish(handle) }

    var isUsable: Bool { library.status(handle) == LibPQ.connectionOK }

    /// Runs a statement without parameters that is not worth preparing; returns its command tag.
    @discardableResult
    func command(_ sql: String) throws -> String {
        try PostgreSQLResult(library.execute(handle, sql), library, connection: handle).commandTag
    }

    func begin(_ mode: String) throws {
        failure = nil
        try command("BEGIN ISOLATION LEVEL \(mode)")
    }

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] { try run(sql, arguments).rows() }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try run(sql, arguments).affectedRows }

    func signalOutbox() throws { _ = try execute("NOTIFY \(Self.channel)", []) }

    /// Subscribes to signals. Whoever listens is a running node, and is counted as one as long as the connection lasts.
    func listen() throws {
        try command("SELECT pg_advisory_lock_shared(\(Self.nodeKey))")
        try command("LISTEN \(Self.channel)")
    }

    /// Whether no node runs; none can begin to before the connection ends.
    func excludeNodes() throws -> Bool {
        let result = try PostgreSQLResult(
            library.execute(handle, "SELECT pg_try_advisory_lock(\(Self.nodeKey)) AS locked"), library, connection: handle)
        return try result.rows().first?.bool("locked") ?? false
    }

    /// Waits until another session signals the outbox, or `milliseconds` have passed. Returns whether there was a signal.
    func waitForSignal(milliseconds: Int32) throws -> Bool {
        var descriptor = pollfd(fd: library.socket(handle), events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
        guard library.consumeInput(handle) == 1 else {
            throw StorageError.unavailable(message: library.errorMessage(handle).map { String(cString: $0) } ?? "")
        }
        var found = false
        while let notification = library.notification(handle) {
            library.free(notification)
            found = true
        }
        return found
    }

    private static let channel = "martlet_outbox"
    /// One lock a schema, so that installations that share a database do not count each other's nodes.
    private static let nodeKey = "72021000, hashtext(current_schema())"

    private func run(_ sql: String, _ arguments: [SQLValue]) throws -> PostgreSQLResult {
        for argument in arguments { try argument.checkStorable() }
        do {
            let name = try prepare(Shape(sql: sql, parameters: arguments.map(PostgreSQLDialect.Parameter.init)))
            return try runPrepared(name, arguments.filter { $0 != .null })
        } catch let error as PostgreSQLError {
            if failure == nil { failure = error }
            if error.state == "0A000" { prepared = [:] }
            throw error.reported
        }
    }

    private func prepare(_ shape: Shape) throws -> String {
        if let name = prepared[shape] { return name }
        if prepared.isEmpty || prepared.count >= Self.maximumPrepared {
            try command("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let sql = try PostgreSQLDialect.translate(shape.sql, shape.parameters)
        let types = shape.parameters.filter { $0 != .null }.map(\.type)
        _ = try PostgreSQLResult(
            library.prepare(handle, name, sql, Int32(types.count), types), library, connection: handle)
        prepared[shape] = name
        return name
    }

    private func runPrepared(_ name: String, _ arguments: [SQLValue]) throws -> PostgreSQLResult {
        let encoded = arguments.map(EncodedArgument.init)
        // All values lie in one buffer, each with a zero behind it, and the pointers point into it.
        var buffer: [UInt8] = []
        for argument in encoded {
            buffer += argument.bytes
            buffer.append(0)
        }
        return try buffer.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = []
            var offset = 0
            for argument in encoded {
                pointers.append(buffer.baseAddress.map { UnsafeRawPointer($0 + offset).assumingMemoryBound(to: CChar.self) })
                offset += argument.bytes.count + 1
            }
            let result = library.executePrepared(
                handle, name, Int32(encoded.count), pointers, encoded.map { Int32($0.bytes.count) }, encoded.map(\.format), 0)
            return try PostgreSQLResult(result, library, connection: handle)
        }
    }

    private static func connect(_ parameters: [(name: String, value: String)], _ library: LibPQ) -> OpaquePointer? {
        let names = parameters.map { strdup($0.name) }
        let values = parameters.map { strdup($0.value) }
        defer { (names + values).forEach { free($0) } }
        return library.connect(
            names.map { $0.map { UnsafePointer($0) } } + [nil], values.map { $0.map { UnsafePointer($0) } } + [nil], 1)
    }
}

extension PostgreSQLConnection: RowStream {
    /// Through a cursor, because a plain query brings its whole result over before the first row is seen. A failure ends the transaction,
    /// and the cursor with it.
    func stream(_ sql: String, _ body: (SQLRow) throws -> Void) throws {
        do {
            try command("DECLARE row_stream NO SCROLL CURSOR FOR \(try PostgreSQLDialect.translate(sql, []))")
            while true {
                let fetched = library.execute(handle, "FETCH \(Self.rowsAtOnce) FROM row_stream")
                let rows = try PostgreSQLResult(fetched, library, connection: handle).rows()
                if rows.isEmpty { break }
                try rows.forEach(body)
            }
            try command("CLOSE row_stream")
        } catch let error as PostgreSQLError {
            if failure == nil { failure = error }
            throw error.reported
        }
    }

    private static let rowsAtOnce = 500
}

/// An argument in the form of the wire: integers and text as text, blobs as they are.
private struct EncodedArgument {
    let bytes: [UInt8]
    let format: Int32

    init(_ value: SQLValue) {
        switch value {
        case .null: (bytes, format) = ([], 0)
        case .integer(let integer): (bytes, format) = (Array(String(integer).utf8), 0)
        case .text(let text): (bytes, format) = (Array(text.utf8), 0)
        case .blob(let blob): (bytes, format) = (blob, 1)
        }
    }
}
