/// Names and values of queries (`application/x-www-form-urlencoded`).
enum QueryCoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Only unreserved characters (RFC 3986 §2.3) stay as they are.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }

    /// Percent codes and `+` resolved; what is no code stays. In a path `+` is a plus sign.
    static func decoded(_ bytes: ArraySlice<UInt8>, isPath: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x25, index + 2 < bytes.endIndex, let code = UInt8(hexadecimal: bytes[index + 1], bytes[index + 2]) {
                result.append(code)
                index += 3
            } else {
                result.append(byte == 0x2b && !isPath ? 0x20 : byte)
                index += 1
            }
        }
        return result
    }

    /// The parameters of a query in order, decoded.
    static func parameters(of query: [UInt8]) -> [(name: [UInt8], value: [UInt8])] {
        query.split(separator: 0x26).map { parameter in
            let end = parameter.firstIndex(of: 0x3d) ?? parameter.endIndex
            let value = end < parameter.endIndex ? parameter[(end + 1)...] : []
            return (decoded(parameter[..<end]), decoded(value))
        }
    }

    /// The query of parameters.
    static func query(_ parameters: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
        Array(
            parameters.map { name, value in
                encoded(String(decoding: name, as: UTF8.self)) + "=" + encoded(String(decoding: value, as: UTF8.self))
            }.joined(separator: "&").utf8)
    }
}

extension UInt8 {
    init?(hexadecimal high: UInt8, _ low: UInt8) {
        guard let high = Self.digit(high), let low = Self.digit(low) else { return nil }
        self = high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
