/// How long to wait before the next attempt to connect: twice as long after each failure, with a part by chance, so that many nodes do
/// not come back at the same moment.
struct ReconnectDelay {
    static let first: Int64 = 50
    static let longest: Int64 = 5_000

    private var failures = 0

    mutating func succeed() { failures = 0 }

    /// Milliseconds until the next attempt.
    ///
    /// - Parameter chance: from 0 to 1.
    mutating func fail(chance: Double) -> Int64 {
        let delay = min(Self.longest, Self.first << Int64(min(failures, 10)))
        failures += 1
        return delay / 2 + Int64(Double(delay / 2) * chance)
    }
}
