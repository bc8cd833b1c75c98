/// A fast seeded hash of bytes for look-ups that always compare the bytes as well. Not for anything that relies on the hash alone.
enum ByteHash {
    private static let first: UInt64 = 0xa076_1d64_78bd_642f
    private static let second: UInt64 = 0xe703_7ed1_a0b4_28db
    private static let third: UInt64 = 0x8ebc_6af0_9c88_c6e3

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func word(_ pointer: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        pointer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The hash of `count` bytes, in two lanes of 16 as long as there are that many. Never 0, which tables use for "empty".
    @inline(__always)
    static func hash(_ pointer: UnsafeRawPointer, _ count: Int, seed: UInt64) -> UInt64 {
        var state = seed ^ first
        var offset = 0
        if count >= 32 {
            var other = state
            repeat {
                state = mix(word(pointer, offset) ^ second, word(pointer, offset &+ 8) ^ state)
                other = mix(word(pointer, offset &+ 16) ^ third, word(pointer, offset &+ 24) ^ other)
                offset &+= 32
            } while offset &+ 32 <= count
            state ^= other
        }
        if offset &+ 16 <= count {
            state = mix(word(pointer, offset) ^ second, word(pointer, offset &+ 8) ^ state)
            offset &+= 16
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        if offset &+ 8 <= count {
            low = word(pointer, offset)
            offset &+= 8
        }
        while offset < count {
            high = high << 8 | UInt64(pointer.load(fromByteOffset: offset, as: UInt8.self))
            offset &+= 1
        }
        return combine(mix(low ^ second, high ^ state), UInt64(truncatingIfNeeded: count))
    }

    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let base = bytes.baseAddress else { return combine(seed, 0) }
        return hash(base, bytes.count, seed: seed)
    }

    static func hash(_ bytes: [UInt8], seed: UInt64) -> UInt64 { bytes.withUnsafeBytes { hash($0, seed: seed) } }

    /// A hash of two numbers. Never 0.
    @inline(__always)
    static func combine(_ left: UInt64, _ right: UInt64) -> UInt64 { mix(left ^ first, right ^ second) | 1 }
}
