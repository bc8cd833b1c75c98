/// Admits one request at a time on several levels: all of them or none. One object an event loop; it keeps its memory.
public final class QuotaAdmission {
    private let counters: QuotaCounters
    private var grants: [QuotaCounters.Grant] = []

    public init(counters: QuotaCounters) {
        self.counters = counters
        grants.reserveCapacity(16)
    }

    /// Forgets the request before; its grants stand.
    public func begin() { grants.removeAll(keepingCapacity: true) }

    /// Counts on one more level. When the level refuses, everything that was counted since ``begin()`` is taken back.
    ///
    /// - Parameters:
    ///   - amount: 1, or the bytes of the request. A request is admitted while the window has not reached its limit, so the last
    ///     one may exceed a quota of bytes.
    ///   - always: count, but do not refuse.
    /// - Returns: Whether the request may go on.
    public func admit(
        _ bucket: QuotaBucket, _ limit: QuotaLimit, amount: Int64 = 1, always: Bool = false, nowMilliseconds: Int64
    ) -> Bool {
        let grant = counters.count(
            bucket, limit, amount: UInt64(max(0, amount)), always: always, nowMilliseconds: nowMilliseconds)
        if let grant {
            grants.append(grant)
            return true
        }
        undo()
        return false
    }

    /// What is left of the limit that was counted last.
    public var remaining: Int64 { grants.last?.remaining ?? 0 }

    /// Looks whether a limit is used up, and counts nothing. If it is, everything since ``begin()`` is taken back.
    public func allows(_ bucket: QuotaBucket, _ limit: QuotaLimit, nowMilliseconds: Int64) -> Bool {
        counters.refresh(bucket, limit, nowMilliseconds: nowMilliseconds)
        if counters.used(bucket, limit, nowMilliseconds: nowMilliseconds) < limit.amount { return true }
        undo()
        return false
    }

    /// Counts what a request turned out to have used after it was admitted, such as the bytes of a body without a length.
    public func charge(_ bucket: QuotaBucket, _ limit: QuotaLimit, amount: Int64, nowMilliseconds: Int64) {
        _ = counters.count(
            bucket, limit, amount: UInt64(max(0, amount)), always: true, nowMilliseconds: nowMilliseconds)
    }

    /// Takes back everything since ``begin()``.
    public func undo() {
        for grant in grants { counters.undo(grant) }
        grants.removeAll(keepingCapacity: true)
    }
}
