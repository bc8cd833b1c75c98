import Documents

/// Percent-encoding of RFC 3986.
enum PercentEncoding {
    /// Keeps unreserved characters, and `:`, `/`, `,`, which are harmless in query values.
    static func encodeQueryValue(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: ","):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

extension JSONValue {
    /// The value as it stands in a query string: strings bare, arrays joined by commas, the rest as JSON text.
    var plainText: String {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        case .array(let values): values.map(\.plainText).joined(separator: ",")
        case .null, .object: ""
        }
    }
}
