import NIOCore
import NIOPosix
import NIOSSL
import RedisTesting
import Testing

@testable import Redis

/// A session with a cluster on a loop of its own.
private final class TestStore: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let box: NIOLoopBoundBox<RedisClusterSession?>
    /// What the session has told, oldest first; `nil` for being ready.
    private let told: NIOLoopBoundBox<[RedisError?]>

    init(_ seeds: [Int], tls: NIOSSLContext? = nil) {
        let loop = group.next()
        box = .makeEmptyBox(valueType: RedisClusterSession.self, eventLoop: loop)
        told = .makeBoxSendingValue([], eventLoop: loop)
        loop.execute {
            var settings = RedisSettings(address: .init(host: "", port: 0))
            settings.cluster = seeds.map { .init(host: "127.0.0.1", port: $0) }
            settings.answerMilliseconds = 1_000
            settings.tls = tls
            let session = RedisClusterSession(eventLoop: loop, settings: settings)
            session.onReady = { self.told.value.append(nil) }
            session.onFailure = { self.told.value.append($0) }
            self.box.value = session
            session.start()
        }
    }

    func history() async throws -> [RedisError?] { try await group.next().submit { self.told.value }.get() }

    /// The answers to commands that are sent together.
    func send(_ commands: [[String]]) async throws -> [RESPValue] {
        let promise = group.next().makePromise(of: [RESPValue].self)
        group.next().execute {
            var all = RedisCommands()
            for command in commands { all.append(command) }
            self.box.value?.send(all) { promise.completeWith($0.mapError { $0 as any Error }) }
        }
        return try await promise.futureResult.get()
    }

    /// Waits until `condition` holds.
    func wait(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<3_000 {
            try await group.next().submit { self.box.value?.checkDeadline() }.get()
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(what)
    }

    func waitUntilReady() async throws { try await wait("the store is ready") { try await history().last == .some(nil) } }

    func close() async throws {
        try await group.next().submit { self.box.value?.close() }.get()
        try await group.shutdownGracefully()
    }
}

@Suite("A Redis Cluster as one store", .timeLimit(.minutes(10)))
struct RedisClusterTests {
    private func use(
        _ seeds: [Int], tls: NIOSSLContext? = nil, _ body: (TestStore) async throws -> Void
    ) async throws {
        let store = TestStore(seeds, tls: tls)
        do { try await body(store) } catch { Issue.record(error) }
        try await store.close()
    }

    @Test("commands go to the servers of their keys, and answers come in their order")
    func distributes() async throws {
        let cluster = try await RedisCluster.started()
        // One server that answers is enough to find the others.
        try await use([1, cluster.masters[1].port]) { store in
            try await store.waitUntilReady()
            let commands = (0..<100).flatMap { [["HSET", "{k\($0)}:a", "f", "\($0)"], ["HGETALL", "{k\($0)}:a"]] }
            let answers = try await store.send(commands)
            #expect(answers.count == 200)
            for number in 0..<100 {
                #expect(answers[number * 2] == .integer(1))
                #expect(answers[number * 2 + 1].elements?.last?.string == "\(number)")
            }
            for server in cluster.masters { #expect(try !server.command("DBSIZE").hasPrefix(":0")) }
        }
    }

    @Test("TLS is spoken with all servers of a cluster, and a certificate of another authority is refused")
    func tls() async throws {
        let (own, foreign) = (try TestCertificate(), try TestCertificate())
        let cluster = try await RedisCluster.started(
            identity: .init(certificatePEM: own.certificatePEM, privateKeyPEM: own.privateKeyPEM))
        // The others are found on their ports for TLS, as clients that speak it are told.
        let seed = try #require(cluster.masters[1].tlsPort)
        try await use([seed], tls: try own.trustingClient()) { store in
            try await store.waitUntilReady()
            let answers = try await store.send((0..<100).map { ["HSET", "{k\($0)}:a", "f", "\($0)"] })
            #expect(answers == Array(repeating: .integer(1), count: 100))
            for server in cluster.masters { #expect(try !server.command("DBSIZE").hasPrefix(":0")) }
            #expect(try await store.history() == [nil])
        }
        try await use([seed], tls: try foreign.trustingClient()) { store in
            try await store.wait("the failure is told") { try await store.history().count > 1 }
            #expect(try await store.history().allSatisfy { $0 != nil })
        }
    }

    @Test("a slot that is moving, and one that has moved, are followed")
    func followsSlots() async throws {
        let cluster = try await RedisCluster.started()
        try await use([cluster.masters[0].port]) { store in
            try await store.waitUntilReady()
            // "bar" lies in slot 5061, which is the first server's.
            let (from, to) = (cluster.masters[0], cluster.masters[2])
            let (fromID, toID) = (try from.clusterID(), try to.clusterID())
            try RedisCluster.require(to, "CLUSTER SETSLOT 5061 IMPORTING \(fromID)")
            try RedisCluster.require(from, "CLUSTER SETSLOT 5061 MIGRATING \(toID)")
            let commands = [["HSET", "bar", "f", "1"], ["HGETALL", "bar"], ["HGETALL", "foo"]]
            let asked = try await store.send(commands)
            #expect(asked[0] == .integer(1) && asked[1].elements?.last?.string == "1" && asked[2].elements == [])
            #expect(try to.command("DBSIZE").hasPrefix(":1"))
            for server in [to, from, cluster.masters[1]] {
                try RedisCluster.require(server, "CLUSTER SETSLOT 5061 NODE \(toID)")
            }
            let moved = try await store.send([["HGETALL", "bar"], ["HSET", "bar", "g", "2"]])
            #expect(moved[0].elements?.last?.string == "1" && moved[1] == .integer(1))
            // Whoever uses the store is told that something has changed.
            try await store.wait("the change is told") { try await store.history() == [nil, nil] }
        }
    }

    @Test("a server that is away fails its own commands only, until its replica takes over")
    func failsOver() async throws {
        let cluster = try await RedisCluster.started(hasReplica: true)
        try await use(cluster.masters.map(\.port)) { store in
            try await store.waitUntilReady()
            // Slots 5061 (first server) and 12182 (third server).
            let commands = [["HSET", "bar", "f", "1"], ["HSET", "foo", "f", "1"]]
            #expect(try await store.send(commands) == [.integer(1), .integer(1)])
            cluster.masters[0].stop()
            try await store.wait("the replica takes over") {
                let answers = (try? await store.send([["HSET", "bar", "f", "2"], ["HSET", "foo", "f", "2"]])) ?? []
                if let message = answers.first?.errorMessage {
                    #expect(message.hasPrefix("UNREACHABLE ") || message.hasPrefix("CLUSTERDOWN "))
                }
                return answers == [.integer(0), .integer(0)] || answers == [.integer(1), .integer(0)]
            }
            try await store.wait("the change is told") { try await store.history().filter { $0 == nil }.count > 1 }
        }
    }

    @Test("a cluster that stops to serve some slots is noticed, whether commands are sent or not")
    func noticesLoss() async throws {
        let cluster = try await RedisCluster.started()
        try await use([cluster.masters[0].port]) { store in
            try await store.waitUntilReady()
            // A key of the third server, which so gets a connection.
            #expect(try await store.send([["HSET", "foo", "f", "1"]]) == [.integer(1)])
            cluster.masters[2].stop()
            try await store.wait("the loss is noticed") { try await store.history().last == .some(.clusterDown) }
        }
    }

    @Test("a cluster that does not serve all slots is not ready, and neither is a server that is in none")
    func refusesOthers() async throws {
        let cluster = try await RedisCluster.started()
        let single = try RedisServer()
        try await single.start()
        try await use([single.port]) { store in
            try await store.wait("the failure is told") { try await !store.history().isEmpty }
            let first = try await store.history().first
            if case .refused(let message)? = first ?? nil {
                #expect(message.contains("cluster"))
            } else {
                Issue.record("\(first as Any)")
            }
        }
        cluster.masters[2].stop()
        try await cluster.waitUntil("the servers notice") {
            try cluster.masters[0].command("CLUSTER INFO").contains("cluster_state:fail")
        }
        try await use([cluster.masters[0].port]) { store in
            try await store.wait("the failure is told") { try await store.history().last == .some(.clusterDown) }
        }
    }
}
