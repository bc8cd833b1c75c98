import Synchronization

/// What the gateway remembers of the requests that it refused and of those that were traced: in memory, the newest ones of each event loop.
///
/// Requests that pass untraced never come here. Each loop writes into a ring of its own; looking up and handing on hold a ring's lock for a
/// moment.
public final class DecisionJournal: Sendable {
    /// A record with what it is found by.
    public struct Entry: Sendable, Hashable {
        /// The gateway's own id of the request.
        public var requestID: [UInt8]
        /// What was answered as `activityid`: what the client sent, or the same as ``requestID``.
        public var activityID: [UInt8]
        /// Whose request it was: the domain of the API's tenant, or the one that the path names.
        public var tenantDomain: String
        /// A JSON object.
        public var json: [UInt8]
    }

    private let rings = Mutex<[DecisionRing]>([])
    private let capacity: Int
    private let recordsPerSecond: Int

    /// - Parameters:
    ///   - capacity: records that each event loop remembers.
    ///   - recordsPerSecond: most records that a loop writes in a second, so that a flood of refusals costs little.
    public init(capacity: Int = 2_000, recordsPerSecond: Int = 500) {
        self.capacity = max(1, capacity)
        self.recordsPerSecond = max(0, recordsPerSecond)
    }

    /// A ring for one more event loop.
    func makeRing() -> DecisionRing {
        let ring = DecisionRing(capacity: capacity, recordsPerSecond: recordsPerSecond)
        rings.withLock { $0.append(ring) }
        return ring
    }

    /// The records of a tenant with the given id as request id or activity id, the oldest of each loop first.
    public func find(_ id: String, tenantDomain: String) -> [Entry] {
        let bytes = Array(id.utf8)
        return rings.withLock { $0 }.flatMap { $0.find(bytes) }.filter { $0.tenantDomain == tenantDomain }
    }

    /// Records that were not taken before, at most `limit` of each loop; what a loop has overwritten meanwhile is lost.
    public func takeNew(limit: Int) -> [Entry] { rings.withLock { $0 }.flatMap { $0.takeNew(limit: limit) } }
}
