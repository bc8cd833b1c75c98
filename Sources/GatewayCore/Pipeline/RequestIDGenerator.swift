import Model

/// Makes request ids: UUIDs of version 4 from a fast generator. They are unique, not secret.
struct RequestIDGenerator {
    private var state: (UInt64, UInt64)

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

    /// The last id as a header line, and its place there.
    private(set) var line = Array("activityid: 00000000-0000-0000-0000-000000000000\r\n".utf8)
    private static let start = 12

    /// The last id, 36 bytes of text.
    var id: ArraySlice<UInt8> { line[Self.start..<(Self.start + 36)] }

    /// Appends the last id, and its header line.
    func append(id: OutputBuffer, line lines: OutputBuffer) {
        line.withUnsafeBytes { bytes in
            id.append(UnsafeRawBufferPointer(rebasing: bytes[Self.start..<(Self.start + 36)]))
            lines.append(bytes)
        }
    }

    /// Makes the next id.
    mutating func makeLine() {
        let high = next() & ~0xf000 | 0x4000
        let low = next() & ~(0xc0 << 56) | 0x80 << 56
        line.withUnsafeMutableBytes { line in
            let text = UnsafeMutableRawBufferPointer(rebasing: line[Self.start...])
            // Eight digits at a step; the second half of some is moved on behind its dash.
            Self.store(Self.digits(high >> 32), text, at: 0)
            Self.store(Self.digits(high & 0xffff_ffff), text, at: 9)
            Self.store(Self.digits(low >> 32), text, at: 19)
            Self.storeHalf(Self.digits(high & 0xffff_ffff) >> 32, text, at: 14)
            Self.storeHalf(Self.digits(low >> 32) >> 32, text, at: 24)
            Self.store(Self.digits(low & 0xffff_ffff), text, at: 28)
            text[8] = 0x2d
            text[13] = 0x2d
            text[18] = 0x2d
            text[23] = 0x2d
        }
    }

    @inline(__always)
    private static func store(_ word: UInt64, _ text: UnsafeMutableRawBufferPointer, at offset: Int) {
        text.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    @inline(__always)
    private static func storeHalf(_ word: UInt64, _ text: UnsafeMutableRawBufferPointer, at offset: Int) {
        text.storeBytes(of: UInt32(truncatingIfNeeded: word).littleEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Eight hexadecimal digits of 32 bits, the first in the lowest byte: nibbles are spread over the bytes, and those above 9 get the
    /// distance from `:` to `a`.
    @inline(__always)
    private static func digits(_ value: UInt64) -> UInt64 {
        var spread = (value & 0xffff) << 32 | value >> 16
        spread = (spread & 0x0000_00ff_0000_00ff) << 16 | (spread & 0x0000_ff00_0000_ff00) >> 8
        spread = (spread & 0x000f_000f_000f_000f) << 8 | (spread & 0x00f0_00f0_00f0_00f0) >> 4
        let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}
