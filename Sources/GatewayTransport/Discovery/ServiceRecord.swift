/// One place where a service is to be found (RFC 2782).
struct ServiceRecord: Sendable, Equatable {
    /// Lower ones come first.
    var priority: UInt16
    /// Share among those of the same priority.
    var weight: UInt16
    var port: UInt16
    var target: String
    /// Seconds for which the record holds.
    var timeToLive: UInt32
}

extension [ServiceRecord] {
    /// The record to use: one of the lowest priority, by weight.
    ///
    /// - Parameter random: a number that is drawn anew each time.
    func choose(random: UInt64) -> ServiceRecord? {
        guard let first = map(\.priority).min() else { return nil }
        let candidates = filter { $0.priority == first }
        // A weight of 0 is a small chance, not none.
        let total = candidates.reduce(UInt64(0)) { $0 + Swift.max(UInt64($1.weight) * 16, 1) }
        var rest = random % total
        for record in candidates {
            let share = Swift.max(UInt64(record.weight) * 16, 1)
            if rest < share { return record }
            rest -= share
        }
        return candidates.last
    }
}
