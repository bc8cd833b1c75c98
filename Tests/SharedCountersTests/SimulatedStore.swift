import Counters
import Testing

@testable import Redis
@testable import SharedCounters

/// A store that does what the exchange asks of a real one, in memory.
struct SimulatedStore {
    private(set) var hashes: [String: [String: String]] = [:]
    private(set) var lives: [String: Int64] = [:]

    mutating func loseEverything() { hashes.removeAll() }

    mutating func answer(_ commands: RedisCommands) throws -> [RESPValue] {
        var parser = RESPParser()
        parser.append(commands.bytes)
        var answers: [RESPValue] = []
        while let command = try parser.next() { answers.append(answer(command.elements?.compactMap(\.string) ?? [])) }
        return answers
    }

    private mutating func answer(_ words: [String]) -> RESPValue {
        switch words[0] {
        case "HSET":
            let isNew = hashes[words[1], default: [:]].updateValue(words[3], forKey: words[2]) == nil
            return .integer(isNew ? 1 : 0)
        case "PEXPIRE":
            lives[words[1]] = Int64(words[2])
            return .integer(1)
        case "HGETALL":
            return .map(
                (hashes[words[1]] ?? [:]).flatMap { [RESPValue.text(Array($0.key.utf8)), .text(Array($0.value.utf8))] })
        default: return .error("ERR unknown command")
        }
    }
}

/// Some nodes, a store and the network between them, in simulated time.
struct SimulatedCluster {
    struct Node {
        let counters = QuotaCounters(isShared: true)
        let admission: QuotaAdmission
        let bucket = QuotaBucket(key: "subscription:1")
        var exchange: CounterExchange
        /// When the node's ticks fall.
        var phase: Int64
        var isCutOff = false

        init(_ index: Int, phase: Int64) {
            admission = QuotaAdmission(counters: counters)
            exchange = CounterExchange(counters: counters, node: "node-\(index)", prefix: "", born: 0)
            self.phase = phase
        }
    }

    /// Something that happens later.
    private enum Event {
        case arrival(node: Int, CounterExchange.Batch)
        case answer(node: Int, CounterExchange.Batch, [RESPValue])
    }

    var nodes: [Node]
    var store = SimulatedStore()
    let limit: QuotaLimit
    /// Milliseconds: half the round trip, and the time between ticks.
    let delay: Int64
    let tick: Int64
    private(set) var now: Int64
    private var events: [(at: Int64, event: Event)] = []

    init(nodes count: Int, limit: QuotaLimit, delay: Int64, tick: Int64, phases: [Int64], start: Int64) {
        nodes = (0..<count).map { Node($0, phase: phases[$0]) }
        self.limit = limit
        self.delay = delay
        self.tick = tick
        now = start
    }

    /// Whether a request on a node passes now.
    mutating func request(on node: Int) -> Bool {
        nodes[node].admission.begin()
        return nodes[node].admission.admit(nodes[node].bucket, limit, nowMilliseconds: now)
    }

    /// What a node believes that all have counted.
    func seen(by node: Int) -> Int64 { nodes[node].counters.used(nodes[node].bucket, limit, nowMilliseconds: now) }

    /// Time passes in which nothing is counted but all nodes ask.
    mutating func settle() throws {
        for _ in 0..<3 {
            for node in nodes { node.counters.refresh(node.bucket, limit, nowMilliseconds: now) }
            for _ in 0..<(2 * delay + tick + 2) { try advance() }
        }
    }

    /// One millisecond passes.
    mutating func advance() throws {
        now += 1
        let due = events.filter { $0.at <= now }
        events.removeAll { $0.at <= now }
        for (_, event) in due { try handle(event) }
        for index in nodes.indices where (now + nodes[index].phase) % tick == 0 && !nodes[index].isCutOff {
            if let batch = nodes[index].exchange.next(nowMilliseconds: now) {
                events.append((now + delay, .arrival(node: index, batch)))
            }
        }
    }

    private mutating func handle(_ event: Event) throws {
        switch event {
        case .arrival(let node, let batch):
            if nodes[node].isCutOff { return nodes[node].exchange.putBack(batch.counts) }
            events.append((now + delay, .answer(node: node, batch, try store.answer(batch.commands))))
        case .answer(let node, let batch, let answers):
            if nodes[node].isCutOff { return nodes[node].exchange.putBack(batch.counts) }
            let error = nodes[node].exchange.take(answers, of: batch, nowMilliseconds: now)
            #expect(error == nil)
        }
    }

    mutating func cutOff(_ node: Int) { nodes[node].isCutOff = true }

    mutating func reconnect(_ node: Int) {
        nodes[node].isCutOff = false
        nodes[node].exchange.startOver(nowMilliseconds: now, recoveryMilliseconds: 100)
    }
}
