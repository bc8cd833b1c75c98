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

    private let counters: QuotaCounters
    /// This node's name in the store, the same over restarts.
    private let node: String
    /// When this process began to count: what the store holds of earlier windows under this node's name, the process before has counted.
    private let born: Int64
    /// What this process has taken up from the disk, by key.
    private let restored: [String: QuotaCheckpoint]
    /// Windows whose counts of the process before have been taken up, by key, with their ends.
    private var inherited: [String: Int64] = [:]
    private let prefix: String
    private var waiting: [SharedCount] = []
    /// Windows whose keys have got their time to live, by key.
    private var expiring: [String: Int64] = [:]
    /// Until when a lower sum is not believed.
    private var recoversUntil: Int64 = 0
    /// Whether everything must be written again.
    private var startsOver = true

    init(counters: QuotaCounters, node: String, prefix: String, born: Int64, restored: [QuotaCheckpoint] = []) {
        self.counters = counters
        self.born = born
        self.restored = Dictionary(restored.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
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
        }
        // Also counters that were only asked about, of which nothing is in use here.
        if waiting.isEmpty { waiting = changed } else { putBack(changed) }
        guard !waiting.isEmpty else { return nil }
        let counts = Array(waiting.prefix(Self.largestBatch))
        waiting.removeFirst(counts.count)
        return batch(counters.current(counts), nowMilliseconds)
    }

    private mutating func batch(_ counts: [SharedCount], _ nowMilliseconds: Int64) -> Batch {
        var batch = Batch(counts: counts, commands: RedisCommands(), answersBefore: [])
        for count in counts {
            let key = key(of: count)
            if mustInherit(count, key) || count.count == 0 && expiring[key] == nil {
                // Only asked: there is nothing to tell, or what the process before has told must not be overwritten.
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
            inherit(fields, count)
            counters.setOthers(sumOfOthers(fields), of: count, keepsHigher: nowMilliseconds < recoversUntil)
        }
        return error
    }

    private func sumOfOthers(_ fields: [RESPValue]) -> UInt64 {
        var sum: UInt64 = 0
        for index in stride(from: 0, to: fields.count - 1, by: 2) where fields[index].string != node {
            // Whatever somebody wrote there: no counter of a node goes further.
            sum += min(UInt64(clamping: fields[index + 1].int ?? 0), 1 << 40)
        }
        return sum
    }

    // MARK: The process before

    private func mustInherit(_ count: SharedCount, _ key: String) -> Bool {
        count.endMilliseconds - count.windowMilliseconds < born && inherited[key] == nil
    }

    /// Takes up what the process before had told of a window, beyond what came from the disk.
    private mutating func inherit(_ fields: [RESPValue], _ count: SharedCount) {
        let key = key(of: count)
        guard mustInherit(count, key) else { return }
        inherited[key] = count.endMilliseconds
        let own = stride(from: 0, to: fields.count - 1, by: 2).first { fields[$0].string == node }
        let told = own.flatMap { fields[$0 + 1].int }.map { UInt64(clamping: $0) } ?? 0
        let known = restored[count.key]?.count(in: count.window, windowMilliseconds: count.windowMilliseconds) ?? 0
        if told > known { counters.add(told - known, to: count) }
        if told > 0 || count.count > 0 { putBack([count]) }
    }

    /// Forgets windows that are over. Call it every few seconds.
    mutating func forget(nowMilliseconds: Int64) {
        expiring = expiring.filter { $0.value + Self.graceMilliseconds > nowMilliseconds }
        inherited = inherited.filter { $0.value + Self.graceMilliseconds > nowMilliseconds }
    }

    /// Counts that were not told after all; they go with the next batch.
    mutating func putBack(_ counts: [SharedCount]) {
        let known = Set(waiting.map(\.place))
        waiting += counts.filter { !known.contains($0.place) }
    }
}
