import Model

/// Makes ids of traces and spans: unique, not secret. SplitMix64.
struct SpanIDGenerator {
    private var state: UInt64

    init(random: RandomSource) { state = random.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// Never zero, which stands for no id.
    mutating func next() -> UInt64 {
        repeat {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            mixed ^= mixed >> 31
            if mixed != 0 { return mixed }
        } while true
    }
}
