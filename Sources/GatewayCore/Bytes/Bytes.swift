#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Comparisons and searches in bytes.
enum Bytes {
    /// Whether two ranges hold the same bytes.
    @inline(__always)
    static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let one = left.baseAddress, let other = right.baseAddress else { return left.isEmpty }
        return memcmp(one, other, left.count) == 0
    }

    @inline(__always)
    static func equal(_ left: UnsafeRawBufferPointer, _ right: [UInt8]) -> Bool {
        left.count == right.count && right.withUnsafeBytes { equal(left, $0) }
    }

    @inline(__always)
    static func equal(_ left: UnsafeRawBufferPointer, _ right: StaticString) -> Bool {
        left.count == right.utf8CodeUnitCount
            && equal(left, UnsafeRawBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
    }

    /// As `equal`, without regard to the case of ASCII letters; `lower` is in lower case.
    static func equalIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ lower: [UInt8]) -> Bool {
        guard bytes.count == lower.count else { return false }
        for index in 0..<lower.count where lowercased(bytes[index]) != lower[index] { return false }
        return true
    }

    static func equalIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ lower: StaticString) -> Bool {
        guard bytes.count == lower.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where lowercased(bytes[index]) != lower.utf8Start[index] { return false }
        return true
    }

    /// Where `lower`, given in lower case, first occurs in `bytes` without regard to case.
    static func firstIndex(of lower: StaticString, inAnyCase bytes: UnsafeRawBufferPointer) -> Int? {
        let count = lower.utf8CodeUnitCount
        guard bytes.count >= count else { return nil }
        for start in 0...(bytes.count - count) where lowercased(bytes[start]) == lower.utf8Start[0] {
            if equalIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]), lower) { return start }
        }
        return nil
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Without blanks and tabs at both ends.
    static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var low = 0
        var high = bytes.count
        while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
        while high > low, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
    }

    /// The value of a hexadecimal digit, or `nil`.
    @inline(__always)
    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        if byte &- 0x30 < 10 { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }
}
