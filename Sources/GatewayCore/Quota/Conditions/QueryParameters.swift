/// The parameters of a query as forms write them (`name=value&…`, `+` for blanks, percent escapes).
enum QueryParameters {
    /// Calls `body` with each value of a parameter, decoded, until one call returns `true`.
    ///
    /// - Returns: Whether one did.
    static func contains(
        _ name: [UInt8], in query: UnsafeRawBufferPointer, where body: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        var start = 0
        while start < query.count {
            let end = query[start...].firstIndex(of: 0x26) ?? query.count
            let equals = query[start..<end].firstIndex(of: 0x3d) ?? end
            if decoded(query, start..<equals) == name {
                let value = decoded(query, min(equals + 1, end)..<end)
                if value.withUnsafeBytes(body) { return true }
            }
            start = end + 1
        }
        return false
    }

    /// A broken escape stands for itself.
    private static func decoded(_ query: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = query[index]
            if byte == 0x25, index + 2 < range.upperBound, let high = Bytes.hexadecimalValue(query[index + 1]),
                let low = Bytes.hexadecimalValue(query[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(byte == 0x2b ? 0x20 : byte)
                index += 1
            }
        }
        return bytes
    }
}
