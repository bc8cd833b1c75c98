/// Finds paths that an upstream may resolve to a place above the one that was matched here.
enum PathSafety {
    /// Whether a segment is `.` or `..`, also when written with escapes, with encoded or backward slashes as separators, or with
    /// path parameters (`..;x`).
    @inline(__always)
    static func hasDotSegment(_ path: UnsafeRawBufferPointer) -> Bool {
        var previous: UInt8 = 0x2f
        for byte in path {
            if byte == 0x25 || byte == 0x5c || byte == 0x2e && previous == 0x2f { return hasDotSegmentExactly(path) }
            previous = byte
        }
        return false
    }

    @inline(never)
    private static func hasDotSegmentExactly(_ path: UnsafeRawBufferPointer) -> Bool {
        var dots = 0
        var isDotsOnly = true
        var isInParameters = false
        var index = 0
        while index <= path.count {
            let byte = index < path.count ? decoded(path, &index) : 0x2f
            index += 1
            if byte == 0x2f || byte == 0x5c {
                if isDotsOnly, dots == 1 || dots == 2 { return true }
                dots = 0
                isDotsOnly = true
                isInParameters = false
            } else if byte == 0x3b {
                isInParameters = true
            } else if !isInParameters {
                if byte == 0x2e { dots += 1 } else { isDotsOnly = false }
            }
        }
        return false
    }

    /// The byte at `index`, through one level of percent-encoding; `index` is left at its last byte.
    private static func decoded(_ path: UnsafeRawBufferPointer, _ index: inout Int) -> UInt8 {
        guard path[index] == 0x25, index + 2 < path.count, let high = Bytes.hexadecimalValue(path[index + 1]),
            let low = Bytes.hexadecimalValue(path[index + 2])
        else { return path[index] }
        index += 2
        return high << 4 | low
    }
}
