import Counters
import Redis

/// What is told to the store and asked of it, without any connection: each node writes its own absolute count into a field of its own
/// and reads all fields. Writing twice changes nothing, so after any failure everything is simply written again.
struct CounterExchange {
    /// A batch on its way.
    struct Batch: Equatable {
        var counts: [SharedCount]
        var commands: RedisCommands
        /// Number of answers to skip before the one with the fields, for each count.
        var answersBefore: [Int]
    }

    /// Keys outlive their window by this, for nodes whose clocks are behind.
    static let graceMilliseconds: Int64 = 60_000
    /// The most counts of one batch.
    static let largestBatch = 2_000

    /// What this node had counted in an earlier life and has taken up again from its disk. The store still holds it under the earlier
    /// name, where it must not be counted a second time.
    struct FormerLife: Sendable {
        var node: String
        var counts: [String: QuotaCheckpoint]
    }

    private let counters: QuotaCounters
    private let former: FormerLife?
    /// This node's name in the store; a new one with every start, for the counts of an earlier life stay true.
    private let node: String
    private let prefix: String
    private var waiting: [SharedCount] = []
    /// Windows whose keys have got their time to live, by key.
    private var expiring: [String: Int64] = [:]
    /// Until when a lower sum is not believed.
    private var recoversUntil: Int64 = 0
    /// Whether everything must be written again.
    private var startsOver = true

    init(counters: QuotaCounters, node: String, prefix: String, former: FormerLife? = nil) {
        self.counters = counters
        self.former = former
        self.node = node
        self.prefix = prefix
    }

    /// What was written may be lost, so all counts are written again with the next batches.
    ///
    /// - Parameter milliseconds: for how long other nodes may take to do the same.
    mutating func startOver(nowMilliseconds: Int64, recoveryMilliseconds milliseconds: Int64) {
        startsOver = true
        waiting.removeAll()
        expiring.removeAll()
        recoversUntil = nowMilliseconds + milliseconds
    }

    /// The next batch; `nil` if there is nothing to tell or to ask.
    mutating func next(nowMilliseconds: Int64) -> Batch? {
        let changed = counters.takeChanges(nowMilliseconds: nowMilliseconds)
        if startsOver {
            startsOver = false
            waiting = counters.countsInUse(nowMilliseconds: nowMilliseconds)
        } else if waiting.isEmpty {
            waiting = changed
        } else {
            let known = Set(waiting.map(\.place))
            waiting += changed.filter { !known.contains($0.place) }
        }
        guard !waiting.isEmpty else { return nil }
        let counts = Array(waiting.prefix(Self.largestBatch))
        waiting.removeFirst(counts.count)
        return batch(counters.current(counts), nowMilliseconds)
    }

    private mutating func batch(_ counts: [SharedCount], _ nowMilliseconds: Int64) -> Batch {
        var batch = Batch(counts: counts, commands: RedisCommands(), answersBefore: [])
        for count in counts {
            let key = key(of: count)
            if count.count == 0, expiring[key] == nil {
                // Nothing to tell: only asked, so that no empty fields pile up.
                batch.answersBefore.append(0)
                batch.commands.append("HGETALL", key)
                continue
            }
            batch.commands.append("HSET", key, node, String(count.count))
            if expiring.updateValue(count.endMilliseconds, forKey: key) == nil {
                let life = max(1, count.endMilliseconds - nowMilliseconds + Self.graceMilliseconds)
                batch.commands.append("PEXPIRE", key, String(life))
                batch.answersBefore.append(2)
            } else {
                batch.answersBefore.append(1)
            }
            batch.commands.append("HGETALL", key)
        }
        return batch
    }

    /// One key a window. The braces keep all windows of a counter on one node of a cluster.
    private func key(of count: SharedCount) -> String {
        "\(prefix)quota:{\(count.key)}:\(count.windowMilliseconds):\(count.window)"
    }

    /// Takes up what the store answered.
    ///
    /// - Returns: the first error among the answers.
    mutating func take(_ answers: [RESPValue], of batch: Batch, nowMilliseconds: Int64) -> String? {
        var index = 0
        var error: String?
        for (count, before) in zip(batch.counts, batch.answersBefore) {
            let own = answers[index...].prefix(before + 1)
            index += before + 1
            if let message = own.lazy.compactMap(\.errorMessage).first {
                error = error ?? message
                expiring[key(of: count)] = nil
                continue
            }
            // The store has forgotten the key, and so its time to live.
            if before == 1, own.first == .integer(1) { expiring[key(of: count)] = nil }
            guard let fields = own.last?.elements else { continue }
            counters.setOthers(
                sumOfOthers(fields, count), of: count, keepsHigher: nowMilliseconds < recoversUntil)
        }
        return error
    }

    private func sumOfOthers(_ fields: [RESPValue], _ count: SharedCount) -> UInt64 {
        var sum: UInt64 = 0
        for index in stride(from: 0, to: fields.count - 1, by: 2) where fields[index].string != node {
            let value = UInt64(clamping: fields[index + 1].int ?? 0)
            sum &+= value &- takenUp(fields[index].string, value, count)
        }
        return sum
    }

    /// The part of a field that this node counts itself since it took it up again.
    private func takenUp(_ field: String?, _ value: UInt64, _ count: SharedCount) -> UInt64 {
        guard let former, field == former.node, let checkpoint = former.counts[count.key] else { return 0 }
        return min(value, checkpoint.count(in: count.window, windowMilliseconds: count.windowMilliseconds))
    }

    /// Forgets windows that are over. Call it every few seconds.
    mutating func forget(nowMilliseconds: Int64) {
        expiring = expiring.filter { $0.value + Self.graceMilliseconds > nowMilliseconds }
    }

    /// Counts that were not told after all; they go with the next batch.
    mutating func putBack(_ counts: [SharedCount]) {
        let known = Set(waiting.map(\.place))
        waiting += counts.filter { !known.contains($0.place) }
    }
}
