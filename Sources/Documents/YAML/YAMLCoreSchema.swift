/// The meaning of plain scalars in the core schema of YAML 1.2 (§10.3.2).
enum YAMLCoreSchema {
    /// The value of a scalar without quotes. Numbers that JSON can write keep their text.
    static func value(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first, first < 0x3A, text.utf8.count <= 1_000 else { return nil }
        if text.hasPrefix("0o") { return integer(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return integer(text.dropFirst(2), radix: 16) }
        return decimal(text)
    }

    private static func integer(_ digits: Substring, radix: Int) -> JSONValue? {
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt64(digits, radix: radix).map { .number(JSONNumber(checked: String($0))) }
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, written as JSON wants it: no plus sign, no
    /// superfluous zeros in front, digits on both sides of the point.
    private static func decimal(_ text: String) -> JSONValue? {
        var rest = Substring(text)
        let sign = rest.hasPrefix("-") ? "-" : ""
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        let whole = takeDigits(&rest)
        var fraction: Substring?
        if rest.hasPrefix(".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || fraction?.isEmpty == false, let exponent = exponent(rest) else { return nil }
        let significant = whole.drop { $0 == "0" }
        var number = sign + (significant.isEmpty ? "0" : significant)
        if let fraction { number += fraction.isEmpty ? ".0" : ".\(fraction)" }
        return .number(JSONNumber(checked: number + exponent))
    }

    private static func exponent(_ text: Substring) -> String? {
        guard let mark = text.first else { return "" }
        guard mark == "e" || mark == "E" else { return nil }
        var rest = text.dropFirst()
        var sign = ""
        if let first = rest.first, first == "-" || first == "+" { sign = String(rest.removeFirst()) }
        let digits = takeDigits(&rest)
        return digits.isEmpty || !rest.isEmpty ? nil : "\(mark)\(sign)\(digits)"
    }

    private static func takeDigits(_ text: inout Substring) -> Substring {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        text = text.dropFirst(digits.count)
        return digits
    }
}
