import Foundation
import NIOCore
import NIOPosix
import RedisTesting
import Testing

@testable import Redis

/// A session on a loop of its own, for tests that wait.
private final class TestSession: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let box: NIOLoopBoundBox<RedisSession?>
    /// What the session has told, oldest first.
    private let told: NIOLoopBoundBox<[RedisError?]>

    init(_ settings: RedisSettings) {
        let loop = group.next()
        box = .makeEmptyBox(valueType: RedisSession.self, eventLoop: loop)
        told = .makeBoxSendingValue([], eventLoop: loop)
        loop.execute {
            let session = RedisSession(eventLoop: loop, settings: settings)
            session.onReady = { self.told.value.append(nil) }
            session.onFailure = { self.told.value.append($0) }
            self.box.value = session
            session.start()
        }
    }

    /// Failures so far, `nil` for each time that the store was ready.
    func history() async throws -> [RedisError?] { try await group.next().submit { self.told.value }.get() }

    func send(_ words: String...) async throws -> RESPValue {
        let promise = group.next().makePromise(of: RESPValue.self)
        group.next().execute {
            var commands = RedisCommands()
            commands.append(words)
            self.box.value?.send(commands) { result in
                promise.completeWith(result.map { $0.first ?? .null }.mapError { $0 as any Error })
            }
        }
        return try await promise.futureResult.get()
    }

    func checkDeadline() async throws { try await group.next().submit { self.box.value?.checkDeadline() }.get() }

    /// Waits until `condition` holds for the history.
    func wait(_ condition: ([RedisError?]) -> Bool) async throws {
        for _ in 0..<2_000 {
            try await checkDeadline()
            if condition(try await history()) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the session told \(try await history())")
    }

    func close() async throws {
        try await group.next().submit { self.box.value?.close() }.get()
        try await group.shutdownGracefully()
    }
}

@Suite("Sessions with a Redis server")
struct RedisSessionTests {
    private func settings(_ server: RedisServer) -> RedisSettings {
        RedisSettings(address: .init(host: "127.0.0.1", port: server.port))
    }

    private func use(_ settings: RedisSettings, _ body: (TestSession) async throws -> Void) async throws {
        let session = TestSession(settings)
        do {
            try await body(session)
        } catch {
            try await session.close()
            throw error
        }
        try await session.close()
    }

    @Test("commands are answered in order, errors among the answers")
    func commands() async throws {
        let server = try RedisServer()
        try await server.start()
        try await use(settings(server)) { session in
            try await session.wait { $0 == [nil] }
            #expect(try await session.send("HSET", "a", "f", "1") == .integer(1))
            #expect(try await session.send("HGETALL", "a") == .map([.text(Array("f".utf8)), .text(Array("1".utf8))]))
            #expect(try await session.send("INCR", "a").errorMessage?.hasPrefix("WRONGTYPE") == true)
        }
    }

    @Test("a password and an ACL user are signed in, each in the chosen database")
    func credentials() async throws {
        let server = try RedisServer("--requirepass", "secret", "--user", "martlet", "on", ">other", "~*", "+@all")
        try await server.start()
        for (user, password) in [("", "secret"), ("martlet", "other")] {
            var settings = settings(server)
            settings.user = user
            settings.password = password
            settings.database = 3
            try await use(settings) { session in
                try await session.wait { $0 == [nil] }
                #expect(try await session.send("ACL", "WHOAMI").string == (user.isEmpty ? "default" : user))
                #expect(try await session.send("CLIENT", "INFO").string?.contains(" db=3 ") == true)
            }
        }
    }

    @Test("a wrong password is said, and tried again")
    func wrongPassword() async throws {
        let server = try RedisServer("--requirepass", "secret")
        try await server.start()
        var settings = settings(server)
        settings.password = "wrong"
        try await use(settings) { session in
            try await session.wait { $0.count >= 2 }
            for failure in try await session.history() {
                guard case .refused(let message) = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(message.hasPrefix("WRONGPASS") && !message.contains("wrong"))
            }
        }
    }

    @Test("TLS is spoken, and a certificate of another authority is refused")
    func tls() async throws {
        let own = try TestCertificate()
        let foreign = try TestCertificate()
        let server = try RedisServer(
            listens: false, "--tls-port", "{port}", "--tls-cert-file", "{directory}/tls.pem", "--tls-key-file",
            "{directory}/tls.key",
            "--tls-ca-cert-file",
            "{directory}/tls.pem", "--tls-auth-clients", "no")
        try own.certificatePEM.write(toFile: server.directory + "/tls.pem", atomically: true, encoding: .utf8)
        try own.privateKeyPEM.write(toFile: server.directory + "/tls.key", atomically: true, encoding: .utf8)
        try await server.start()
        for (trusted, isGood) in [(own, true), (foreign, false)] {
            var settings = settings(server)
            settings.address.host = "localhost"
            settings.tls = try trusted.trustingClient()
            try await use(settings) { session in
                try await session.wait { !$0.isEmpty }
                let first = try await session.history().first
                #expect(first == .some(nil) || !isGood, "\(String(describing: first))")
                if isGood { #expect(try await session.send("PING").string == "PONG") }
                let history = try await session.history()
                #expect(isGood || history.allSatisfy { $0 != nil })
            }
        }
    }

    @Test("a server that was away is found again")
    func restart() async throws {
        let server = try RedisServer()
        try await use(settings(server)) { session in
            try await session.wait { $0.count >= 2 && $0.allSatisfy { $0 != nil } }
            try await server.start()
            try await session.wait { $0.last == .some(nil) }
            server.stop()
            try await session.wait { $0.last != .some(nil) }
            await #expect(throws: RedisError.self) { try await session.send("PING") }
            try await server.start()
            try await session.wait { $0.last == .some(nil) }
            #expect(try await session.send("PING").string == "PONG")
        }
    }

    @Test("a server that hangs is left after the time for an answer")
    func hanging() async throws {
        let server = try RedisServer()
        try await server.start()
        var settings = settings(server)
        settings.answerMilliseconds = 200
        try await use(settings) { session in
            try await session.wait { $0 == [nil] }
            server.freeze()
            await #expect(throws: RedisError.timedOut) {
                async let answer = session.send("PING")
                try await session.wait { $0.count > 1 }
                _ = try await answer
            }
            server.thaw()
            try await session.wait { $0.last == .some(nil) }
        }
    }

    @Test("Sentinel leads to the master, and to the new one after a failover")
    func sentinel() async throws {
        let master = try RedisServer()
        let replica = try RedisServer("--replicaof", "127.0.0.1", "\(master.port)")
        try await master.start()
        try await replica.start()
        let sentinel = try RedisServer(sentinelOf: master)
        try await sentinel.start()
        var settings = RedisSettings(address: .init(host: "", port: 0))
        settings.sentinel = .init(
            addresses: [.init(host: "127.0.0.1", port: 1), .init(host: "127.0.0.1", port: sentinel.port)], master: "main")
        try await use(settings) { session in
            try await session.wait { $0.last == .some(nil) }
            let role = try await session.send("ROLE")
            #expect(role.elements?.first?.string == "master")
            // The replica has to be known before it can take over.
            for _ in 0..<1_000 where try await session.send("ROLE").elements?.last?.elements?.isEmpty ?? true {
                try await Task.sleep(for: .milliseconds(10))
            }
            master.stop()
            try await session.wait { $0.last != .some(nil) }
            try await session.wait { $0.last == .some(nil) }
            #expect(try await session.send("CONFIG", "GET", "port").elements?.last?.string == "\(replica.port)")
        }
    }
}
