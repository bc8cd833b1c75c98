/// The values of `format` that are checked. Unknown ones pass, as JSON Schema wants it.
enum SchemaFormat {
    /// What the text should have been, or `nil` if it is fine.
    static func fault(_ text: String, _ format: String) -> String? {
        let (isFine, expectation): (Bool, String) =
            switch format {
            case "uuid": (isUUID(text), "a UUID")
            case "date-time": (isDateTime(text), "a date and time such as 2025-01-31T12:00:00Z")
            case "date": (isDate(text), "a date such as 2025-01-31")
            case "email": (isEmail(text), "an e-mail address")
            case "uri": (isURI(text), "a URI")
            case "ipv4": (isIPv4(text), "an IPv4 address")
            case "ipv6": (isIPv6(text), "an IPv6 address")
            case "hostname": (isHostname(text), "a host name")
            default: (true, "")
            }
        return isFine ? nil : expectation
    }

    /// The same for numbers: `int32` and `int64`.
    static func fault(_ number: JSONNumber, _ format: String) -> String? {
        switch format {
        case "int32": number.int.flatMap(Int32.init(exactly:)) == nil ? "an integer of 32 bits" : nil
        case "int64": number.int == nil ? "an integer of 64 bits" : nil
        default: nil
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { isHexadecimal($0) } }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func digits(_ text: Substring, _ count: Int, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count == count, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = digits(parts[0], 4, 0...9999), let month = digits(parts[1], 2, 1...12) else {
            return false
        }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return digits(parts[2], 2, 1...lengths[month - 1]) != nil
    }

    /// RFC 3339 §5.6; a leap second is allowed at any minute.
    private static func isDateTime(_ text: String) -> Bool {
        guard text.utf8.count >= 20, text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let separator = text.dropFirst(10).first
        guard isDate(String(text.prefix(10))), separator == "T" || separator == "t" || separator == " " else { return false }
        var rest = text.dropFirst(11)
        let time = rest.prefix(8).split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, digits(time[0], 2, 0...23) != nil, digits(time[1], 2, 0...59) != nil,
            digits(time[2], 2, 0...60) != nil
        else { return false }
        rest = rest.dropFirst(8)
        if rest.first == "." {
            let fraction = rest.dropFirst().prefix { $0.isNumber }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count + 1)
        }
        if rest == "Z" || rest == "z" { return true }
        guard rest.first == "+" || rest.first == "-" else { return false }
        let offset = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        return offset.count == 2 && digits(offset[0], 2, 0...23) != nil && digits(offset[1], 2, 0...59) != nil
    }

    private static func isEmail(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@"), at != text.startIndex, !text.contains(where: { $0.isWhitespace }) else {
            return false
        }
        return isHostname(String(text[text.index(after: at)...]))
    }

    private static func isHostname(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.unicodeScalars.allSatisfy {
                        $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
                    }
            }
    }

    /// RFC 3986 §3: a scheme, a colon, and no characters that a URI cannot hold.
    private static func isURI(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), let first = text.unicodeScalars.first, first.properties.isAlphabetic else {
            return false
        }
        let scheme = text[..<colon].utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        return scheme && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"<>\"\\^`".utf8.contains($0) }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (part == "0" || !part.hasPrefix("0")) && digits(part, part.utf8.count, 0...255) != nil
            }
    }

    /// RFC 4291 §2.2.
    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups: [Substring] = []
        for half in halves where !half.isEmpty { groups += half.split(separator: ":", omittingEmptySubsequences: false) }
        var count = groups.count
        if let last = groups.last, last.contains(".") {
            guard isIPv4(String(last)) else { return false }
            groups.removeLast()
            count += 1
        }
        guard groups.allSatisfy({ (1...4).contains($0.utf8.count) && $0.utf8.allSatisfy { isHexadecimal($0) } }) else {
            return false
        }
        return halves.count == 2 ? count < 8 : count == 8
    }
}
