import Counters
import Logging
import Model
import Redis
import RedisTesting
import Synchronization
import Testing

@testable import SharedCounters

/// A gateway's counters with their exchange.
private struct SharingNode: Sendable {
    let counters = QuotaCounters(isShared: true)
    let synchronizer: CounterSynchronizer

    init(_ server: RedisServer, _ name: String, interval: Int64) {
        var store = RedisSettings(address: .init(host: "127.0.0.1", port: server.port))
        store.answerMilliseconds = 500
        synchronizer = CounterSynchronizer.start(
            SharedCounterSettings(store: store, intervalMilliseconds: interval), counters: counters, node: name,
            logger: Logger(label: "test"))
    }

    /// How many of a number of requests pass, with a pause between them.
    func admitted(of requests: Int, _ bucket: String, _ limit: QuotaLimit, pause: Duration) async -> Int {
        let own = QuotaBucket(key: bucket)
        var passed = 0
        for _ in 0..<requests {
            let admission = QuotaAdmission(counters: counters)
            admission.begin()
            if admission.admit(own, limit, nowMilliseconds: TimeSource.system.milliseconds) { passed += 1 }
            try? await Task.sleep(for: pause)
        }
        return passed
    }

    func used(_ bucket: String, _ limit: QuotaLimit) -> Int64 {
        let bucket = QuotaBucket(key: bucket)
        counters.refresh(bucket, limit, nowMilliseconds: TimeSource.system.milliseconds)
        return counters.used(bucket, limit, nowMilliseconds: TimeSource.system.milliseconds)
    }
}

@Suite("Counts shared through a Redis server")
struct CounterSynchronizerTests {
    /// Long enough that no test meets the end of a window unless it runs at the very end of a year of 365 days.
    private static let year = QuotaLimit(amount: 300, windowMilliseconds: 31_536_000_000)

    private func waitUntil(_ what: Comment, _ condition: () -> Bool) async throws {
        for _ in 0..<3_000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(what)
    }

    private func stop(_ nodes: [SharingNode]) async {
        for node in nodes { await node.synchronizer.stop() }
    }

    // How much they exceed it while they do not know yet is proved on simulated time, where no busy machine gets in between.
    @Test("three nodes admit together what the limit admits once they know of each other, and all know the sum")
    func sharing() async throws {
        let server = try RedisServer()
        try await server.start()
        let nodes = (0..<3).map { SharingNode(server, "node-\($0)", interval: 10) }
        try await waitUntil("all nodes are connected") { nodes.allSatisfy(\.synchronizer.status.report.isConnected) }
        #expect(await nodes[0].admitted(of: 200, "shared", Self.year, pause: .zero) == 200)
        try await waitUntil("the second knows of the first") { nodes[1].used("shared", Self.year) == 200 }
        #expect(await nodes[1].admitted(of: 1_000, "shared", Self.year, pause: .zero) == 100)
        try await waitUntil("all nodes know the sum") { nodes.allSatisfy { $0.used("shared", Self.year) == 300 } }
        for node in nodes { #expect(await node.admitted(of: 10, "shared", Self.year, pause: .zero) == 0) }
        await stop(nodes)
    }

    @Test("without the store a node counts alone; when it is back, empty, all know the sum again")
    func interruption() async throws {
        let server = try RedisServer()
        let nodes = (0..<3).map { SharingNode(server, "node-\($0)", interval: 10) }
        let limit = QuotaLimit(amount: 1_000_000, windowMilliseconds: 31_536_000_000)
        #expect(await nodes[0].admitted(of: 10, "x", limit, pause: .zero) == 10)
        try await waitUntil("the failure is told") { nodes[0].synchronizer.status.report.lastFailure != nil }
        #expect(!nodes[0].synchronizer.status.report.isConnected)
        let isDone = Mutex(false)
        let watch = Task {
            // A node's view never goes down, whatever happens to the store.
            var highest = [Int64](repeating: 0, count: 3)
            while !isDone.withLock({ $0 }) {
                for (index, node) in nodes.enumerated() {
                    let used = node.used("x", limit)
                    #expect(used >= highest[index])
                    highest[index] = max(highest[index], used)
                }
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
        let load = Task {
            await withTaskGroup(of: Int.self) { group in
                for node in nodes { group.addTask { await node.admitted(of: 1_500, "x", limit, pause: .milliseconds(1)) } }
                return await group.reduce(0, +)
            }
        }
        for _ in 0..<2 {
            try await server.start()
            try await waitUntil("all nodes are connected") { nodes.allSatisfy(\.synchronizer.status.report.isConnected) }
            try await Task.sleep(for: .milliseconds(100))
            server.stop()
            try await waitUntil("all nodes have noticed") { !nodes.contains(where: \.synchronizer.status.report.isConnected) }
        }
        #expect(await load.value == 4_500)
        try await server.start()
        try await waitUntil("all nodes know the sum") { nodes.allSatisfy { $0.used("x", limit) == 4_510 } }
        isDone.withLock { $0 = true }
        await watch.value
        await stop(nodes)
    }

    @Test("a node that starts again does not count twice, and what it had counted stays counted")
    func restart() async throws {
        let server = try RedisServer()
        try await server.start()
        let first = SharingNode(server, "node", interval: 10)
        let other = SharingNode(server, "other", interval: 10)
        #expect(await first.admitted(of: 100, "x", Self.year, pause: .zero) == 100)
        try await waitUntil("the other node knows") { other.used("x", Self.year) == 100 }
        await first.synchronizer.stop()
        let second = SharingNode(server, "node", interval: 10)
        #expect(await second.admitted(of: 1, "x", Self.year, pause: .zero) == 1)
        try await waitUntil("the new process knows the old one's count") { second.used("x", Self.year) == 101 }
        try await waitUntil("the other node knows both") { other.used("x", Self.year) == 101 }
        let rest = await second.admitted(of: 400, "x", Self.year, pause: .zero)
        #expect(rest == 199)
        await stop([other, second])
    }

    @Test("a server that refuses writes is said, and the node counts on")
    func refusal() async throws {
        let server = try RedisServer("--maxmemory", "1", "--maxmemory-policy", "noeviction")
        try await server.start()
        let node = SharingNode(server, "node", interval: 10)
        try await waitUntil("the node is connected") { node.synchronizer.status.report.isConnected }
        #expect(await node.admitted(of: 400, "x", Self.year, pause: .zero) == 300)
        try await waitUntil("the refusal is told") {
            node.synchronizer.status.report.lastFailure?.hasPrefix("OOM") == true
                && node.synchronizer.status.report.refusedCommands > 0
        }
        await stop([node])
    }
}
