import CByteScan

/// Byte classes of RFC 9110 §5.6.2 and RFC 3986, and the few searches that the parsers are made of.
enum ByteScanning {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let colon: UInt8 = 0x3A
    static let comma: UInt8 = 0x2C

    /// `tchar` as a bit set of 128 bits: one shift and mask instead of a table in memory.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        return contains(byte, low: low, high: high)
    }

    /// Bytes of `uri-host [":" port]`: unreserved, sub-delims, `%`, `:`, `[` and `]`.
    @inline(__always)
    static func isAuthority(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x2FFF_7FF2_0000_0000
        let high: UInt64 = 0x47FF_FFFE_AFFF_FFFE
        return contains(byte, low: low, high: high)
    }

    @inline(__always)
    private static func contains(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        byte < 64 ? low & (1 &<< UInt64(byte)) != 0 : byte < 128 && high & (1 &<< UInt64(byte &- 64)) != 0
    }

    /// The first line feed from `start` on, or nil.
    @inline(__always)
    static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? { first(lineFeed, in: bytes, from: start) }

    /// The first byte of that value from `start` on, or nil.
    @inline(__always)
    static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        let count = bytes.count &- start
        let index = cbytescan_first(base.assumingMemoryBound(to: UInt8.self) + start, count, byte)
        return index < count ? start &+ index : nil
    }

    /// The first control character (below 0x20, or 0x7F) from `start` on, or `end`. Tabs stop the search too.
    @inline(__always)
    static func controlCharacter(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        guard start < end else { return end }
        return start &+ cbytescan_control(base.assumingMemoryBound(to: UInt8.self) + start, end &- start)
    }

    /// The first byte from `start` on that no request target holds (RFC 9112 §3.2), or `end`.
    @inline(__always)
    static func targetEnd(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        guard start < end else { return end }
        return start &+ cbytescan_target_end(base.assumingMemoryBound(to: UInt8.self) + start, end &- start)
    }

    /// The first byte from `start` on that is no `tchar`; there is one before `end`.
    ///
    /// Letters and `-`, of which names mostly consist, are taken eight at a step: adding what is missing to 0x80 carries into the top bit
    /// of the bytes that are large enough.
    @inline(__always)
    static func tokenEnd(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = word(base, at: index)
            let folded = (word | ones &* 0x20) & ~tops
            let letters = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x80 - 0x7B)) & ~word
            let dashes = word ^ (ones &* 0x2D)
            let isOther = ~letters & ((dashes & ~tops &+ ~tops) | dashes) & tops
            if isOther == 0 {
                index &+= 8
                continue
            }
            index &+= isOther.trailingZeroBitCount / 8
            break
        }
        while isToken(base.load(fromByteOffset: index, as: UInt8.self)) { index &+= 1 }
        return index
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    private static func word(_ base: UnsafeRawPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes are `name` without regard to the case of ASCII letters. `name` is in lower case and holds only letters,
    /// digits and `-`; the bytes must be tokens, or a CR would pass for `-`.
    @inline(__always)
    static func equals(_ bytes: UnsafeRawPointer, _ name: StaticString) -> Bool {
        let expected = UnsafeRawPointer(name.utf8Start)
        var index = 0
        let count = name.utf8CodeUnitCount
        while index &+ 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) | ones &* 0x20
            if word != expected.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
            index &+= 8
        }
        if index &+ 4 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self) | 0x2020_2020
            if word != expected.loadUnaligned(fromByteOffset: index, as: UInt32.self) { return false }
            index &+= 4
        }
        while index < count {
            let byte = bytes.load(fromByteOffset: index, as: UInt8.self) | 0x20
            if byte != expected.load(fromByteOffset: index, as: UInt8.self) { return false }
            index &+= 1
        }
        return true
    }

    /// Whether two tokens are equal without regard to the case of ASCII letters.
    static func equalTokens(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where lowercased(left[index]) != lowercased(right[index]) { return false }
        return true
    }

    @inline(__always)
    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Calls `body` with each element of a comma-separated list, without surrounding white space and empty elements, until it
    /// answers false.
    static func forEachElement(of list: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) {
        var start = 0
        while start <= list.count {
            var end = start
            while end < list.count, list[end] != comma { end += 1 }
            var low = start
            var high = end
            while low < high, list[low] == space || list[low] == tab { low += 1 }
            while high > low, list[high - 1] == space || list[high - 1] == tab { high -= 1 }
            if low < high, !body(UnsafeRawBufferPointer(rebasing: list[low..<high])) { return }
            start = end + 1
        }
    }
}
