import Counters
import Model

/// What the gateway of this process has counted and, with shared counters, all others.
struct CountedUsage: Sendable {
    let counters: QuotaCounters
    /// How long an answer of the store takes at most, usually; `nil` without a store.
    let exchangeMilliseconds: Int64?
    let time: TimeSource

    /// What was used of each counter in its current window, in the order of the names.
    func used(_ names: [CounterName]) async -> [Int64] {
        let now = time.milliseconds
        let looked = names.map { name in
            (QuotaBucket(key: name.key), QuotaLimit(amount: name.amount, windowMilliseconds: name.windowMilliseconds))
        }
        if let exchangeMilliseconds {
            for (bucket, limit) in looked { counters.refresh(bucket, limit, nowMilliseconds: now) }
            try? await Task.sleep(for: .milliseconds(exchangeMilliseconds))
        }
        return looked.map { counters.used($0.0, $0.1, nowMilliseconds: now) }
    }
}
