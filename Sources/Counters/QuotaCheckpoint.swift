/// The state of one counter with a long window, to survive a restart.
public struct QuotaCheckpoint: Sendable, Hashable, Codable {
    /// Shorter windows are not worth the disk: a restart forgets at most an hour's quota.
    public static let shortestWindowMilliseconds: Int64 = 3_600_000

    public let key: String
    public let windowMilliseconds: Int64
    /// Window number and count as the counter holds them.
    public let bits: UInt64

    public init(key: String, windowMilliseconds: Int64, bits: UInt64) {
        self.key = key
        self.windowMilliseconds = windowMilliseconds
        self.bits = bits
    }

    /// The count, if it belongs to a window; else 0.
    public func count(in window: Int64, windowMilliseconds: Int64) -> UInt64 {
        let word = CounterWord(bits: bits)
        guard windowMilliseconds == self.windowMilliseconds,
            word.window == UInt64(truncatingIfNeeded: window) & CounterWord.windowMask
        else { return 0 }
        return word.count
    }
}
