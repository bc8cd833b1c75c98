import Model

/// How long to wait before the next attempt: twice as long each time, with a random part, so that many gateways do not come all at once when
/// the control plane is back.
struct BackOff {
    private let first: Int64
    private let longest: Int64
    private let random: RandomSource
    private var next: Int64

    /// In milliseconds.
    init(first: Int64 = 250, longest: Int64 = 15_000, random: RandomSource) {
        self.first = first
        self.longest = longest
        self.random = random
        next = first
    }

    /// Between half of the step and the whole.
    mutating func delay() -> Duration {
        let step = next
        next = min(next * 2, longest)
        let fraction = random.bytes(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return .milliseconds(step / 2 + step / 2 * fraction / 65_535)
    }

    /// An attempt has succeeded.
    mutating func reset() { next = first }
}
