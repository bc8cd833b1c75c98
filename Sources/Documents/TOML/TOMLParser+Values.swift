extension TOMLParser {
    mutating func value() throws(DocumentError) -> JSONValue {
        guard let byte = peek else { throw failure("expected a value, found the end of the file") }
        switch byte {
        case UInt8(ascii: "\""):
            if take("\"\"\"") { return .string(try longString(byte)) }
            position += 1
            return .string(try basicString())
        case UInt8(ascii: "'"):
            if take("'''") { return .string(try longString(byte)) }
            position += 1
            return .string(try literalString())
        case UInt8(ascii: "["), UInt8(ascii: "{"): return try nested(byte)
        default: return try bareValue()
        }
    }

    private mutating func nested(_ bracket: UInt8) throws(DocumentError) -> JSONValue {
        guard depth < limits.depth else { throw failure("arrays and tables are nested deeper than \(limits.depth) levels") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return bracket == UInt8(ascii: "[") ? .array(try array()) : .object(try inlineTable())
    }

    private mutating func array() throws(DocumentError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            try skipBlankLines()
            if take("]") { return elements }
            elements.append(try value())
            try skipBlankLines()
            if take("]") { return elements }
            guard take(",") else { throw failure("expected ',' or ']', found \(found)") }
        }
    }

    private mutating func inlineTable() throws(DocumentError) -> JSONObject {
        let table = TOMLTable(.inline)
        skipBlanks()
        if take("}") { return table.json }
        while true {
            try keyAndValue(into: table)
            skipBlanks()
            if take("}") { return table.json }
            guard take(",") else { throw failure("expected ',' or '}', found \(found)") }
        }
    }

    /// Booleans, numbers, dates and times: everything up to what can follow a value.
    private mutating func bareValue() throws(DocumentError) -> JSONValue {
        let start = position
        while let byte = peek, !isEnd(byte) { position += 1 }
        // A date and its time may be separated by one blank.
        if position - start == 10, peek == 0x20, position + 1 < bytes.count, (0x30...0x39).contains(bytes[position + 1]) {
            position += 1
            while let byte = peek, !isEnd(byte) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = TOMLScalar.value(text) else {
            position = start
            throw failure(text.isEmpty ? "expected a value, found \(found)" : "'\(text)' is no value; texts need quotes")
        }
        return value
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || ",]}#=[{\"'".utf8.contains(byte)
    }
}

/// The values of TOML that are written without quotes.
enum TOMLScalar {
    static func value(_ text: String) -> JSONValue? {
        switch text {
        case "true": return true
        case "false": return false
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return .string(text)
        default:
            if isTime(text) { return .string(text) }
            return integer(text) ?? float(text)
        }
    }

    private static func integer(_ text: String) -> JSONValue? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard let digits = withoutUnderscores(text.dropFirst(2)), digits.first != "+", digits.first != "-" else {
                return nil
            }
            return Int(digits, radix: radix).map { JSONValue($0) }
        }
        let (sign, rest) = signed(text)
        guard let digits = withoutUnderscores(rest), isNumber(digits), digits == "0" || !digits.hasPrefix("0") else {
            return nil
        }
        return Int(sign + digits).map { JSONValue($0) }
    }

    private static func float(_ text: String) -> JSONValue? {
        let (sign, rest) = signed(text)
        let halves = rest.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, parts.count <= 2, halves.count + parts.count > 2,
            let whole = withoutUnderscores(parts[0]), isNumber(whole), whole == "0" || !whole.hasPrefix("0")
        else { return nil }
        var number = sign + whole
        if parts.count == 2 {
            guard let fraction = withoutUnderscores(parts[1]), isNumber(fraction) else { return nil }
            number += ".\(fraction)"
        }
        if halves.count == 2 {
            let (exponentSign, exponentRest) = signed(String(halves[1]))
            guard let exponent = withoutUnderscores(exponentRest), isNumber(exponent) else { return nil }
            number += "e\(exponentSign)\(exponent)"
        }
        return number.utf8.count <= 1_000 ? .number(JSONNumber(checked: number)) : nil
    }

    private static func signed(_ text: String) -> (sign: String, rest: Substring) {
        guard let first = text.first, first == "-" || first == "+" else { return ("", text[...]) }
        return (first == "-" ? "-" : "", text.dropFirst())
    }

    /// Underscores are allowed between digits only.
    private static func withoutUnderscores(_ text: Substring) -> String? {
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        return groups.contains(where: \.isEmpty) ? nil : groups.joined()
    }

    private static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The shape of RFC 3339 dates and times, whole or in part; the fields are not compared with a calendar.
    private static func isTime(_ text: String) -> Bool {
        let shape = String(text.map { $0.isASCII && $0.isNumber ? "d" : $0 == "t" || $0 == " " ? "T" : $0 == "z" ? "Z" : $0 })
        let separator = shape.firstIndex(of: "T")
        let date = separator.map { shape[..<$0] } ?? shape[...]
        if separator == nil, date == "dddd-dd-dd" { return true }
        let clock = separator.map { shape[shape.index(after: $0)...] } ?? shape[...]
        guard separator == nil || date == "dddd-dd-dd", clock.hasPrefix("dd:dd:dd") else { return false }
        var rest = clock.dropFirst(8)
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0 == "d" }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count + 1)
        }
        return rest.isEmpty || separator != nil && (rest == "Z" || rest == "+dd:dd" || rest == "-dd:dd")
    }
}
