extension YAMLDocument {
    /// The value as a YAML text in block style, members in their order; reading it again gives the same value.
    public static func text(of value: JSONValue) -> String {
        var writer = YAMLWriter()
        writer.writeRoot(value)
        return writer.output
    }
}

/// Writes block style with two blanks a level. Strings that a reader could take for something else are written in double quotes.
struct YAMLWriter {
    private(set) var output = ""

    mutating func writeRoot(_ value: JSONValue) {
        switch value {
        case .object(let object) where !object.isEmpty: write(object, level: 0, isInline: true)
        case .array(let elements) where !elements.isEmpty: write(elements, level: 0)
        case .string(let text): output += plainOrQuoted(text) + "\n"
        default: output += scalar(value, level: 0) + "\n"
        }
    }

    /// `isInline`: the first member continues a line that has been begun (`- name: value`).
    private mutating func write(_ object: JSONObject, level: Int, isInline: Bool) {
        var isFirst = isInline
        for (name, value) in object {
            if !isFirst { indent(level) }
            isFirst = false
            output += plainOrQuoted(name) + ":"
            write(member: value, level: level)
        }
    }

    private mutating func write(member value: JSONValue, level: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            output += "\n"
            write(object, level: level + 1, isInline: false)
        case .array(let elements) where !elements.isEmpty:
            output += "\n"
            write(elements, level: level)
        default: output += " " + scalar(value, level: level + 1) + "\n"
        }
    }

    private mutating func write(_ elements: [JSONValue], level: Int) {
        for element in elements {
            indent(level)
            output += "- "
            switch element {
            case .object(let object) where !object.isEmpty: write(object, level: level + 1, isInline: true)
            case .array(let inner) where !inner.isEmpty:
                output.removeLast()
                output += "\n"
                write(inner, level: level + 1)
            default: output += scalar(element, level: level + 1) + "\n"
            }
        }
    }

    private mutating func indent(_ level: Int) {
        output += String(repeating: " ", count: level * 2)
    }

    private func scalar(_ value: JSONValue, level: Int) -> String {
        switch value {
        case .string(let text): literal(text, level: level) ?? plainOrQuoted(text)
        case .array: "[]"
        case .object: "{}"
        default: value.text
        }
    }

    /// Texts of several lines as a literal block, if that can hold them exactly.
    private func literal(_ text: String, level: Int) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, let first = lines.first, !first.isEmpty, first.first != " ",
            text.unicodeScalars.allSatisfy({ $0 == "\n" || Self.isPrintable($0) })
        else { return nil }
        let endsWithBreak = lines.last?.isEmpty == true
        if endsWithBreak { lines.removeLast() }
        guard lines.last?.isEmpty == false else { return nil }
        let margin = String(repeating: " ", count: level * 2)
        let body = lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
        return (endsWithBreak ? "|\n" : "|-\n") + body
    }

    private func plainOrQuoted(_ text: String) -> String {
        Self.isPlain(text) ? text : JSONValue.string(text).quotedForYAML
    }

    /// Whether the text can stand without quotes everywhere and is read as this string by YAML 1.1 and 1.2 alike.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            first.properties.isAlphabetic || first == "/" || first == "_" || first == "$" || first == "(", last != " ",
            last != ":",
            text.unicodeScalars.allSatisfy({ isPrintable($0) && !",[]{}\"'`".unicodeScalars.contains($0) }),
            !ambiguous.contains(text.lowercased()), case .string = YAMLCoreSchema.value(text)
        else { return false }
        return !hasIndicator(text)
    }

    /// `: ` would begin a value and ` #` a comment.
    private static func hasIndicator(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { left, right in
            left == UInt8(ascii: ":") && right == UInt8(ascii: " ") || left == UInt8(ascii: " ") && right == UInt8(ascii: "#")
        }
    }

    private static func isPrintable(_ scalar: UnicodeScalar) -> Bool {
        (" "..."~").contains(scalar)
            || scalar.value >= 0xA0 && scalar.value < 0xD800
                && scalar.value != 0x2028 && scalar.value != 0x2029
    }

    /// What readers of YAML 1.1 take for something else than a string.
    private static let ambiguous: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
}

extension JSONValue {
    /// JSON's quoted form is a double-quoted scalar of YAML, but for the three characters that must be escaped there.
    fileprivate var quotedForYAML: String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.value {
            case 0x7F...0x9F: result += "\\x" + String(scalar.value, radix: 16)
            case 0x2028: result += "\\L"
            case 0x2029: result += "\\P"
            case 0xFEFF: result += "\\uFEFF"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
