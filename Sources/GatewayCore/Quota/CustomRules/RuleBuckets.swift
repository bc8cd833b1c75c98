import Counters

/// The counters of custom rules that one event loop has used, by their keys.
struct RuleBuckets {
    private var buckets: [[UInt8]: QuotaBucket] = [:]
    /// Keys hold what clients send, such as addresses, so they are forgotten all at once when there are many. The counts stay: they are
    /// found again by their keys.
    private static let capacity = 16_384

    mutating func bucket(_ key: [UInt8]) -> QuotaBucket {
        if let bucket = buckets[key] { return bucket }
        if buckets.count >= Self.capacity { buckets.removeAll(keepingCapacity: true) }
        let bucket = QuotaBucket(key: String(decoding: key, as: UTF8.self))
        buckets[key] = bucket
        return bucket
    }
}
