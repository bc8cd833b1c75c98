import Foundation
import Model
import Storage
import Synchronization

/// A PostgreSQL server in a temporary directory, started by the first test that needs it and stopped when the tests end.
struct PostgreSQLServer: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private let directory: String

    /// The server of this run of the tests.
    static func shared() throws -> PostgreSQLServer { try started.get() }

    private static let started = Result { try PostgreSQLServer() }
    private static let schemas = Mutex(0)
    /// Where the running server lies; the handler at exit cannot capture it.
    private static let running = Mutex<String?>(nil)

    /// A connection string whose tables lie in a new schema of their own.
    func newDatabase() async throws -> String {
        let name = Self.schemas.withLock { number in
            number += 1
            return "test_\(number)"
        }
        let base = "host=\(directory) user=postgres dbname=postgres"
        let store = try await PostgreSQLStore(connection: base, connections: 1)
        _ = try await store.write { try $0.execute("CREATE SCHEMA \(name)", []) }
        try await store.close()
        return base + " options='-c search_path=\(name)'"
    }

    private init() throws {
        // A short path that every user can reach: the server's socket lies in it.
        directory = "/tmp/martlet-" + RandomSource.system.uuid().prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        if getuid() == 0 { try Self.run("/usr/bin/env", ["chown", "nobody", directory]) }
        try Self.server(
            "initdb",
            ["-D", "\(directory)/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
        let options =
            "-k \(directory) -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            + " -c max_connections=400"
        try Self.server(
            "pg_ctl", ["-D", "\(directory)/data", "-w", "-l", "\(directory)/log", "-o", options, "start"])
        Self.running.withLock { $0 = directory }
        atexit { PostgreSQLServer.stop() }
    }

    private static func stop() {
        guard let directory = running.withLock({ $0 }) else { return }
        try? server("pg_ctl", ["-D", "\(directory)/data", "-m", "immediate", "stop"])
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The server refuses to run as root.
    private static func server(_ program: String, _ arguments: [String]) throws {
        let path = try find(program)
        if getuid() == 0 {
            try run("/usr/bin/env", ["runuser", "-u", "nobody", "--", path] + arguments)
        } else {
            try run(path, arguments)
        }
    }

    private static func find(_ program: String) throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + versions.sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        let found = folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else {
            throw Missing(
                description: "the tests need a PostgreSQL server, but there is no \(program); install the package postgresql")
        }
        return found
    }

    /// Not through `Process`, which takes a server that goes on running in the background for the command itself.
    private static func run(_ path: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        // The server lives on; it must not keep open what the tests have open.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer {
            posix_spawn_file_actions_destroy(&actions)
            words.forEach { free($0) }
        }
        var process = pid_t()
        var status: Int32 = 0
        guard posix_spawn(&process, path, &actions, nil, words, environ) == 0, waitpid(process, &status, 0) == process,
            status == 0
        else { throw Missing(description: "\(path) \(arguments.joined(separator: " ")) failed with status \(status)") }
    }
}
