/// Writes JSON string contents (RFC 8259 §7) as bytes.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Appends a quoted string of valid UTF-8 text.
    static func appendString(_ text: String, to output: inout [UInt8]) {
        output.append(0x22)
        for byte in text.utf8 { append(byte, to: &output) }
        output.append(0x22)
    }

    private static func append(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5c:
            output.append(0x5c)
            output.append(byte)
        case 0..<0x20, 0x7f:
            output += [0x5c, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: output.append(byte)
        }
    }
}
