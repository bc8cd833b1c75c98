/// The state of one bucket in 64 bits: the window's number (its lower 24 bits) above the amount used in it (40 bits).
///
/// 24 bits of one-second windows come round after 194 days; a bucket that sleeps exactly that long finds its old count once.
struct CounterWord {
    static let maximumCount: UInt64 = 1 << 40 - 1
    static let windowMask: UInt64 = 1 << 24 - 1

    let window: UInt64
    let count: UInt64

    init(bits: UInt64) {
        window = bits >> 40
        count = bits & Self.maximumCount
    }

    init(window: UInt64, count: UInt64) {
        self.window = window & Self.windowMask
        self.count = min(count, Self.maximumCount)
    }

    var bits: UInt64 { window << 40 | count }

    /// The state as a caller sees it whose clock shows `window`: an older window counts as empty. A newer one stands: that caller's
    /// clock is a little behind another loop's, and going back would admit the new window's quota twice. Only a small lead is believed,
    /// or a clock that was set back, and the empty word, would count in one window for ever.
    func seen(from window: Int64) -> CounterWord {
        let wanted = UInt64(truncatingIfNeeded: window) & Self.windowMask
        let lead = (self.window &- wanted) & Self.windowMask
        return lead <= 2 ? self : CounterWord(window: wanted, count: 0)
    }
}
