/// One word, literal or sign of a rule.
struct RuleToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A keyword or a name, as written.
        case word(String)
        case text(String)
        case integer(Int64)
        case number(Double)
        case sign(String)
        case end
    }

    var kind: Kind
    var position: RulePosition

    /// How messages call the token.
    var shown: String {
        switch kind {
        case .word(let word): "'\(word)'"
        case .text(let text): "the text '\(text.prefix(40))'"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .sign(let sign): "'\(sign)'"
        case .end: "the end"
        }
    }

    /// Keywords are read without regard to case.
    func isWord(_ keyword: String) -> Bool {
        if case .word(let word) = kind { word.lowercased() == keyword } else { false }
    }

    func isSign(_ sign: String) -> Bool { kind == .sign(sign) }
}
