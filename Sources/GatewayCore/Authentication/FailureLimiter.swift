/// Bounds how many credentials of one source are checked and refused in a second: each takes the time of several whole requests.
/// Sources share the places of a fixed table; whoever shares one with an attacker waits with him for a second at most.
struct FailureLimiter {
    private var seconds: [Int64]
    private var counts: [Int32]
    private let limit: Int32
    private let seed: UInt64

    init(perSecond limit: Int, seed: UInt64) {
        seconds = Array(repeating: 0, count: 1_024)
        counts = Array(repeating: 0, count: 1_024)
        self.limit = Int32(clamping: limit)
        self.seed = seed
    }

    private func place(_ source: UnsafeRawBufferPointer) -> Int {
        Int(truncatingIfNeeded: ByteHash.hash(source, seed: seed) >> 32) & 1_023
    }

    /// Whether the source may have another credential checked.
    func allows(_ source: UnsafeRawBufferPointer, nowMilliseconds: Int64) -> Bool {
        let place = place(source)
        return seconds[place] != nowMilliseconds / 1000 || counts[place] < limit
    }

    mutating func noteFailure(_ source: UnsafeRawBufferPointer, nowMilliseconds: Int64) {
        let place = place(source)
        let second = nowMilliseconds / 1000
        if seconds[place] != second {
            seconds[place] = second
            counts[place] = 0
        }
        counts[place] &+= 1
    }
}
