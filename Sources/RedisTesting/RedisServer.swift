import Foundation
import Synchronization

/// A Redis server of its own for a test, in a temporary directory and on a port that was free.
public final class RedisServer: Sendable {
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// What a server proves itself with, and whom it believes.
    public struct Identity: Sendable {
        let certificatePEM: String
        let privateKeyPEM: String

        /// - Parameter certificatePEM: is its own authority.
        public init(certificatePEM: String, privateKeyPEM: String) {
            self.certificatePEM = certificatePEM
            self.privateKeyPEM = privateKeyPEM
        }
    }

    public let port: Int
    /// The port on which TLS is spoken, for servers with an identity.
    public let tlsPort: Int?
    /// Where the server lies; tests may put files there.
    public let directory: String
    private let arguments: [String]
    private let process = Mutex<pid_t?>(nil)

    /// Prepares a server; ``start()`` starts it. `{directory}` and `{port}` in arguments are replaced.
    ///
    /// - Parameters:
    ///   - listens: whether the port is the plain one; else the arguments name another kind, with `{port}`.
    ///   - arguments: configuration as on the command line.
    public convenience init(listens: Bool = true, _ arguments: String...) throws {
        try self.init(listens: listens, identity: nil, arguments: arguments)
    }

    init(listens: Bool = true, identity: Identity?, arguments: [String]) throws {
        port = try Self.freePort()
        directory = try Self.newDirectory()
        tlsPort = try identity.map { _ in try Self.freePort() }
        var arguments = arguments
        if let identity, let tlsPort {
            try identity.certificatePEM.write(toFile: directory + "/tls.pem", atomically: true, encoding: .utf8)
            try identity.privateKeyPEM.write(toFile: directory + "/tls.key", atomically: true, encoding: .utf8)
            arguments += [
                "--tls-port", "\(tlsPort)", "--tls-cert-file", "{directory}/tls.pem", "--tls-key-file", "{directory}/tls.key",
                "--tls-ca-cert-file", "{directory}/tls.pem", "--tls-auth-clients", "no",
            ]
        }
        let number = port
        let folder = directory
        self.arguments =
            [
                "--port", listens ? "\(port)" : "0", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
                directory,
            ]
            + arguments.map { $0.replacing("{directory}", with: folder).replacing("{port}", with: "\(number)") }
    }

    /// Prepares a Sentinel that watches a server under the name `main`.
    public init(sentinelOf master: RedisServer) throws {
        port = try Self.freePort()
        tlsPort = nil
        directory = try Self.newDirectory()
        let file = directory + "/sentinel.conf"
        let text = """
            port \(port)
            bind 127.0.0.1
            dir \(directory)
            sentinel monitor main 127.0.0.1 \(master.port) 1
            sentinel down-after-milliseconds main 500
            sentinel failover-timeout main 2000

            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        arguments = [file, "--sentinel"]
    }

    private static func newDirectory() throws -> String {
        let path = NSTemporaryDirectory() + "/martlet-redis-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    deinit {
        kill(with: SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts the server, empty, and returns when it listens.
    public func start() async throws {
        guard let path = Self.find("redis-server") else {
            throw Missing(description: "the test needs a Redis server; install the package redis-server")
        }
        let started = try Self.spawn(path, arguments)
        process.withLock { $0 = started }
        for _ in 0..<1_000 {
            if Self.listens(port) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing(description: "the Redis server did not listen on \(port)")
    }

    /// Ends the server at once; its data are gone.
    public func stop() { kill(with: SIGKILL) }

    /// Lets the server neither work nor end, as a machine that hangs.
    public func freeze() { _ = process.withLock { $0.map { Foundation.kill($0, SIGSTOP) } } }

    public func thaw() { _ = process.withLock { $0.map { Foundation.kill($0, SIGCONT) } } }

    private func kill(with signal: Int32) {
        process.withLock { process in
            guard let running = process else { return }
            _ = Foundation.kill(running, signal)
            _ = Foundation.kill(running, SIGCONT)
            var status: Int32 = 0
            _ = waitpid(running, &status, 0)
            process = nil
        }
    }

    private static func find(_ program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Missing(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func listens(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return connects(descriptor, to: port)
    }

    /// Connects a socket to a port of this machine; false if nobody listens there.
    static func connects(_ descriptor: Int32, to port: Int) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Not through `Process`, whose reaping would race with ours. The server must not keep open what the tests have open.
    private static func spawn(_ path: String, _ arguments: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer {
            posix_spawn_file_actions_destroy(&actions)
            words.forEach { free($0) }
        }
        var process = pid_t()
        guard posix_spawn(&process, path, &actions, nil, words, environ) == 0 else {
            throw Missing(description: "\(path) cannot be started")
        }
        return process
    }
}
