/// Brings paths that mean the same to one spelling (RFC 3986 §6.2.2), so that `/%73ecret` is matched as `/secret`.
enum PathNormalization {
    /// Appends the path with escapes of unreserved characters resolved and the digits of other escapes in upper case.
    static func append(_ path: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var index = 0
        while index < path.count {
            if path[index] == 0x25, index + 2 < path.count, let high = Bytes.hexadecimalValue(path[index + 1]),
                let low = Bytes.hexadecimalValue(path[index + 2])
            {
                appendEscape(high << 4 | low, to: &output)
                index += 3
            } else {
                output.append(path[index])
                index += 1
            }
        }
    }

    /// The path of a definition in the spelling in which requests arrive: characters that URLs do not have are escaped.
    static func definition(_ path: String) -> [UInt8] {
        var escaped: [UInt8] = []
        for byte in path.utf8 {
            if byte <= 0x20 || byte >= 0x7f || isUnsafe(byte) { appendEscape(byte, to: &escaped) } else { escaped.append(byte) }
        }
        var output: [UInt8] = []
        escaped.withUnsafeBytes { append($0, to: &output) }
        return output
    }

    private static func isUnsafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "|"):
            true
        default: false
        }
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        if isUnreserved(byte) { return output.append(byte) }
        output.append(0x25)
        output.append(digit(byte >> 4))
        output.append(digit(byte & 15))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e
    }
}
