import Counters
import Testing

@testable import Redis
@testable import SharedCounters

@Suite("The exchange of counts")
struct CounterExchangeTests {
    private static let start: Int64 = 1_700_000_040_000

    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
    }

    @Test(
        "a node lets requests pass no longer than interval and round trip once the limit is reached, wherever ticks and requests fall",
        arguments: 0..<80)
    func bound(seed: UInt64) throws {
        var chance = Chance(state: seed &* 977 &+ 3)
        let count = Int(chance.below(4)) + 2
        let interval = Int64(chance.below(10) + 1) * 2
        let delay = Int64(chance.below(12)) + 1
        let limit = QuotaLimit(amount: Int64(chance.below(400)) + 1, windowMilliseconds: 60_000)
        var cluster = SimulatedCluster(
            nodes: count, limit: limit, delay: delay, tick: interval / 2,
            phases: (0..<count).map { _ in Int64(chance.below(UInt64(interval))) }, start: Self.start)
        var admitted: Int64 = 0
        var reached: Int64?
        // A node without requests learns nothing, so its time begins with its first one.
        var begun = [Int64?](repeating: nil, count: count)
        let isIdle = (0..<count).map { _ in chance.below(3) == 0 }
        for step in 0..<2_000 {
            for node in 0..<count where chance.below(3) > 0 && !(isIdle[node] && (100..<1_500).contains(step)) {
                for _ in 0..<chance.below(4) {
                    let isAdmitted = cluster.request(on: node)
                    if reached != nil, begun[node] == nil { begun[node] = cluster.now }
                    guard isAdmitted else { continue }
                    admitted += 1
                    if let begun = begun[node] { #expect(cluster.now <= begun + interval + 2 * delay, "seed \(seed)") }
                }
            }
            if admitted >= limit.amount, reached == nil { reached = cluster.now }
            try cluster.advance()
        }
        #expect(reached != nil && admitted >= limit.amount)
        for node in 0..<count { #expect(cluster.seen(by: node) == admitted) }
    }

    @Test("with one node, or no delay and a tick each millisecond, the limit is exact from window to window")
    func exact() throws {
        let limit = QuotaLimit(amount: 10, windowMilliseconds: 1_000)
        var cluster = SimulatedCluster(nodes: 1, limit: limit, delay: 3, tick: 5, phases: [0], start: Self.start)
        for _ in 0..<3 {
            var admitted = 0
            for _ in 0..<1_000 {
                if cluster.request(on: 0) { admitted += 1 }
                try cluster.advance()
            }
            #expect(admitted == 10)
        }
    }

    @Test("a node that is cut off counts alone and never forgets; afterwards all know the sum", arguments: [false, true])
    func interruption(losesData: Bool) throws {
        let limit = QuotaLimit(amount: 1_000, windowMilliseconds: 60_000)
        var cluster = SimulatedCluster(nodes: 3, limit: limit, delay: 2, tick: 5, phases: [0, 1, 3], start: Self.start)
        var own = [0, 0, 0]
        func run(_ milliseconds: Int) throws {
            for step in 0..<milliseconds {
                for node in 0..<3 where step % (node + 2) == 0 && cluster.request(on: node) { own[node] += 1 }
                try cluster.advance()
            }
        }
        try run(100)
        for node in 0..<3 { cluster.cutOff(node) }
        if losesData { cluster.store.loseEverything() }
        let before = (0..<3).map { cluster.seen(by: $0) }
        try run(100)
        for node in 0..<3 { #expect(cluster.seen(by: node) >= before[node]) }
        for node in 0..<3 { cluster.reconnect(node) }
        try run(50)
        try cluster.settle()
        let sum = Int64(own.reduce(0, +))
        for node in 0..<3 { #expect(cluster.seen(by: node) == sum) }
    }

    @Test("a sum that went down is believed only after the time that others need to write again")
    func recovery() throws {
        let limit = QuotaLimit(amount: 100, windowMilliseconds: 60_000)
        var cluster = SimulatedCluster(nodes: 2, limit: limit, delay: 1, tick: 2, phases: [0, 1], start: Self.start)
        for _ in 0..<50 {
            _ = cluster.request(on: 0)
            try cluster.advance()
        }
        _ = cluster.request(on: 1)
        try cluster.settle()
        #expect(cluster.seen(by: 1) == 51)
        cluster.cutOff(0)
        cluster.store.loseEverything()
        cluster.reconnect(1)
        for _ in 0..<20 {
            _ = cluster.request(on: 1)
            try cluster.advance()
            #expect(cluster.seen(by: 1) >= 51)
        }
    }

    @Test("what is undone is taken back everywhere")
    func undo() throws {
        let limit = QuotaLimit(amount: 100, windowMilliseconds: 60_000)
        var cluster = SimulatedCluster(nodes: 2, limit: limit, delay: 1, tick: 2, phases: [0, 1], start: Self.start)
        for node in [0, 0, 0, 0, 0, 1] {
            let isAdmitted = cluster.request(on: node)
            #expect(isAdmitted)
        }
        try cluster.settle()
        #expect(cluster.seen(by: 1) == 6)
        // The last request of node 0 is refused on a later level.
        cluster.nodes[0].admission.undo()
        try cluster.settle()
        #expect(cluster.seen(by: 1) == 5 && cluster.seen(by: 0) == 5)
    }

    @Test("keys live as long as their window and a minute more; the time is set once")
    func lives() throws {
        var exchange = CounterExchange(counters: counters, node: "n", prefix: "p:", born: 0)
        let admission = QuotaAdmission(counters: counters)
        let limit = QuotaLimit(amount: 10, windowMilliseconds: 60_000)
        var store = SimulatedStore()
        for _ in 0..<3 {
            admission.begin()
            #expect(admission.admit(QuotaBucket(key: "a"), limit, nowMilliseconds: Self.start + 20_000))
            let next = exchange.next(nowMilliseconds: Self.start + 20_000)
            let batch = try #require(next)
            let error = exchange.take(try store.answer(batch.commands), of: batch, nowMilliseconds: Self.start)
            #expect(error == nil)
        }
        #expect(store.lives == ["p:quota:{a}:60000:\(Self.start / 60_000)": 40_000 + 60_000])
        #expect(store.hashes.values.first == ["n": "3"])
        let none = exchange.next(nowMilliseconds: Self.start + 20_000)
        #expect(none == nil)
    }

    private let counters = QuotaCounters(isShared: true)

    @Test("an error leaves the count to be told again, with its time to live")
    func errors() throws {
        var exchange = CounterExchange(counters: counters, node: "n", prefix: "", born: 0)
        let admission = QuotaAdmission(counters: counters)
        let limit = QuotaLimit(amount: 10, windowMilliseconds: 60_000)
        admission.begin()
        #expect(admission.admit(QuotaBucket(key: "a"), limit, nowMilliseconds: Self.start))
        let next = exchange.next(nowMilliseconds: Self.start)
        let batch = try #require(next)
        #expect(batch.commands.count == 3)
        let refused = RESPValue.error("OOM command not allowed")
        let error = exchange.take([refused, refused, refused], of: batch, nowMilliseconds: Self.start)
        #expect(error == "OOM command not allowed")
        exchange.putBack(batch.counts)
        let again = exchange.next(nowMilliseconds: Self.start)
        #expect(again?.commands.count == 3)
    }

    @Test("many counters go in several batches, none twice")
    func batches() throws {
        var exchange = CounterExchange(counters: counters, node: "n", prefix: "", born: 0)
        let admission = QuotaAdmission(counters: counters)
        let limit = QuotaLimit(amount: 10, windowMilliseconds: 60_000)
        for index in 0..<5_000 {
            admission.begin()
            #expect(admission.admit(QuotaBucket(key: "bucket \(index)"), limit, nowMilliseconds: Self.start))
        }
        var sizes: [Int] = []
        var keys: Set<String> = []
        while let batch = exchange.next(nowMilliseconds: Self.start) {
            sizes.append(batch.counts.count)
            keys.formUnion(batch.counts.map(\.key))
        }
        #expect(sizes == [2_000, 2_000, 1_000] && keys.count == 5_000)
    }

    @Test(
        "a new process goes on with what the one before had told, whether some of it came from the disk or not",
        arguments: [(0, 0), (7, 0), (7, 2), (9, 5), (0, 5)])
    func inheritance(restored: Int, since: Int) throws {
        let limit = QuotaLimit(amount: 100, windowMilliseconds: 86_400_000)
        let former = QuotaCounters()
        let admission = QuotaAdmission(counters: former)
        for _ in 0..<restored {
            admission.begin()
            #expect(admission.admit(QuotaBucket(key: "day"), limit, nowMilliseconds: Self.start))
        }
        let checkpoints = former.snapshotOfLongWindows()
        counters.restore(checkpoints, nowMilliseconds: Self.start)
        let own = QuotaAdmission(counters: counters)
        for _ in 0..<since {
            own.begin()
            #expect(own.admit(QuotaBucket(key: "day"), limit, nowMilliseconds: Self.start))
        }
        let key = "quota:{day}:86400000:\(Self.start / 86_400_000)"
        var store = SimulatedStore()
        var commands = RedisCommands()
        commands.append("HSET", key, "n", "9")
        commands.append("HSET", key, "other", "20")
        _ = try store.answer(commands)
        var exchange = CounterExchange(counters: counters, node: "n", prefix: "", born: Self.start, restored: checkpoints)
        counters.refresh(QuotaBucket(key: "day"), limit, nowMilliseconds: Self.start)
        for _ in 0..<3 {
            guard let batch = exchange.next(nowMilliseconds: Self.start) else { break }
            let error = exchange.take(try store.answer(batch.commands), of: batch, nowMilliseconds: Self.start)
            #expect(error == nil)
        }
        #expect(counters.used(QuotaBucket(key: "day"), limit, nowMilliseconds: Self.start) == Int64(20 + 9 + since))
        #expect(store.hashes[key] == ["n": "\(9 + since)", "other": "20"])
    }
}
