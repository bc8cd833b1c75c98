import Documents

/// A token of a mock script. Comments are left out.
enum MockScriptToken: Equatable {
    case word(String)
    /// As it stands in the script; a minus before it is a sign.
    case number(String)
    case string(String)
    case sign(Character)

    static func tokens(of script: String) throws(MockScript.Refusal) -> [MockScriptToken] {
        var tokens: [MockScriptToken] = []
        var rest = Substring(script)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                guard let end = rest.firstRange(of: "*/") else { throw MockScript.Refusal(reason: "a comment has no end") }
                rest = rest[end.upperBound...]
            } else if first == "\"" || first == "'" {
                tokens.append(.string(try text(&rest, quote: first)))
            } else if first.isLetter || first == "_" || first == "$" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            } else if first.isASCII, first.isNumber {
                let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") }
                tokens.append(.number(String(digits)))
                rest = rest.dropFirst(digits.count)
            } else {
                tokens.append(.sign(first))
                rest.removeFirst()
            }
        }
        return tokens
    }

    /// The text between quotes, escapes undone (ECMA-262 §12.9.4).
    private static func text(_ rest: inout Substring, quote: Character) throws(MockScript.Refusal) -> String {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote { return text }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            case "u":
                let digits = rest.prefix(4)
                guard digits.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
                    throw MockScript.Refusal(reason: "a string has an escape that is none")
                }
                text.unicodeScalars.append(scalar)
                rest = rest.dropFirst(4)
            case let other where other.isNewline: continue
            default: text.append(escaped)
            }
        }
        throw MockScript.Refusal(reason: "a string has no end")
    }
}
