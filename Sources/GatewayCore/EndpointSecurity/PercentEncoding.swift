/// Percent-encoding of names and values (RFC 3986 §2).
enum PercentEncoding {
    /// Leaves only the unreserved characters.
    static func encoded(_ text: String) -> String {
        var output: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                output.append(byte)
            } else {
                output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Of a query, where `+` is a blank.
    static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8] { decoded(bytes, plus: 0x20) }

    /// Of a path, where `+` is itself.
    static func decodedPath(_ bytes: some Collection<UInt8>) -> [UInt8] { decoded(bytes, plus: 0x2b) }

    private static func decoded(_ bytes: some Collection<UInt8>, plus: UInt8) -> [UInt8] {
        let bytes = Array(bytes)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = Bytes.hexadecimalValue(bytes[index + 1]),
                let low = Bytes.hexadecimalValue(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index] == 0x2b ? plus : bytes[index])
                index += 1
            }
        }
        return output
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }
}
