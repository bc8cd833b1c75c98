import Model

/// Makes request ids: UUIDs of version 4 from a fast generator. They are unique, not secret.
struct RequestIDGenerator {
    private var state: (UInt64, UInt64)
    private static let digits: StaticString = "0123456789abcdef"

    init(random: RandomSource) {
        let words = random.bytes(16).enumerated().reduce(into: (UInt64(1), UInt64(0))) { words, next in
            if next.offset < 8 {
                words.0 = words.0 << 8 | UInt64(next.element)
            } else {
                words.1 = words.1 << 8 | UInt64(next.element)
            }
        }
        state = words
    }

    /// xoroshiro128+.
    private mutating func next() -> UInt64 {
        let (first, second) = state
        let mixed = second ^ first
        state.0 = (first << 24 | first >> 40) ^ mixed ^ (mixed << 16)
        state.1 = mixed << 37 | mixed >> 27
        return first &+ second
    }

    /// Appends 36 bytes of text.
    mutating func append(to output: inout [UInt8]) {
        let high = next() & ~0xf000 | 0x4000
        let low = next() & ~(0xc0 << 56) | 0x80 << 56
        for shift in stride(from: 60, through: 0, by: -4) {
            if shift == 28 || shift == 12 { output.append(0x2d) }
            output.append(Self.digits.utf8Start[Int(truncatingIfNeeded: high >> UInt64(shift) & 15)])
        }
        output.append(0x2d)
        for shift in stride(from: 60, through: 0, by: -4) {
            if shift == 44 { output.append(0x2d) }
            output.append(Self.digits.utf8Start[Int(truncatingIfNeeded: low >> UInt64(shift) & 15)])
        }
    }
}
