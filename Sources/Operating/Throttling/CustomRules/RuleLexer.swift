/// Takes the text of a rule apart into tokens.
struct RuleLexer {
    /// Longer rules are refused.
    static let longestText = 16_384

    private var rest: Substring
    private var position = RulePosition()

    /// The tokens of a text with the end as the last one.
    static func tokens(of text: String) throws(CustomRuleFault) -> [RuleToken] {
        guard text.utf8.count <= longestText else {
            throw RulePosition().fault("a rule may have at most \(longestText) bytes")
        }
        var lexer = RuleLexer(rest: text[...])
        var tokens: [RuleToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func take() -> Character? {
        guard let character = rest.popFirst() else { return nil }
        if character.isNewline {
            position.line += 1
            position.column = 1
        } else {
            position.column += 1
        }
        return character
    }

    private mutating func next() throws(CustomRuleFault) -> RuleToken {
        try skipBlanks()
        let start = position
        guard let first = rest.first else { return RuleToken(kind: .end, position: start) }
        if first.isASCII, first.isLetter || first == "_" { return RuleToken(kind: .word(word()), position: start) }
        if first.isASCII, first.isNumber { return RuleToken(kind: try number(), position: start) }
        if first == "'" || first == "\"" { return RuleToken(kind: .text(try quoted()), position: start) }
        return RuleToken(kind: .sign(try sign()), position: start)
    }

    /// Skips blanks, `-- line` and `/* block */` comments.
    private mutating func skipBlanks() throws(CustomRuleFault) {
        while let first = rest.first {
            if first.isWhitespace {
                _ = take()
            } else if rest.hasPrefix("--") {
                while let next = rest.first, !next.isNewline { _ = take() }
            } else if rest.hasPrefix("/*") {
                let start = position
                while !rest.hasPrefix("*/") {
                    guard take() != nil else { throw start.fault("the comment has no end") }
                }
                _ = take()
                _ = take()
            } else {
                return
            }
        }
    }

    private mutating func word() -> String {
        var word = ""
        while let next = rest.first, next.isASCII, next.isLetter || next.isNumber || next == "_" {
            word.append(next)
            _ = take()
        }
        return word
    }

    private mutating func digits() -> String {
        var digits = ""
        while let next = rest.first, next.isASCII, next.isNumber {
            digits.append(next)
            _ = take()
        }
        return digits
    }

    /// `12`, `12L`, `1.5`, `1.5f`, `1.5d`.
    private mutating func number() throws(CustomRuleFault) -> RuleToken.Kind {
        let start = position
        let whole = digits()
        var fraction: String?
        if rest.first == ".", let next = rest.dropFirst().first, next.isASCII, next.isNumber {
            _ = take()
            fraction = digits()
        }
        if let suffix = rest.first, "lLfFdD".contains(suffix), !Self.continuesWord(rest.dropFirst().first) {
            _ = take()
            if !"lL".contains(suffix) { fraction = fraction ?? "0" }
        }
        if let fraction, let value = Double("\(whole).\(fraction)"), value.isFinite { return .number(value) }
        guard fraction == nil, let value = Int64(whole) else { throw start.fault("the number is too large") }
        return .integer(value)
    }

    private static func continuesWord(_ character: Character?) -> Bool {
        character.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } ?? false
    }

    /// A text in single or double quotes, on one line. There are no escapes: a text with one kind of quote stands in the other kind.
    private mutating func quoted() throws(CustomRuleFault) -> String {
        let start = position
        let quote = take()
        var text = ""
        while let next = rest.first, !next.isNewline {
            _ = take()
            if next == quote { return text }
            text.append(next)
        }
        throw start.fault("the text has no closing quote on its line")
    }

    private static let signs = [
        "==", "!=", "<=", ">=", "->", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ";", ":", "#", ".", "@",
    ]

    private mutating func sign() throws(CustomRuleFault) -> String {
        guard let sign = Self.signs.first(where: { rest.hasPrefix($0) }) else {
            throw position.fault("'\(rest.prefix(1))' means nothing in a rule")
        }
        for _ in sign { _ = take() }
        return sign
    }
}
