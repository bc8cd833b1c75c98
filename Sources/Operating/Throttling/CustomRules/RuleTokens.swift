/// The tokens of a rule and how far they have been read.
struct RuleTokens {
    private let tokens: [RuleToken]
    private(set) var index = 0

    init(_ text: String) throws(CustomRuleFault) { tokens = try RuleLexer.tokens(of: text) }

    /// The token that is read next; the end stays.
    var next: RuleToken { tokens[min(index, tokens.count - 1)] }

    /// The token after ``next``.
    var afterNext: RuleToken { tokens[min(index + 1, tokens.count - 1)] }

    mutating func take() -> RuleToken {
        let token = next
        index += 1
        return token
    }

    /// Goes back to a place that ``index`` told.
    mutating func rewind(to index: Int) { self.index = index }

    mutating func takeSign(_ sign: String) -> Bool {
        guard next.isSign(sign) else { return false }
        index += 1
        return true
    }

    mutating func takeWord(_ keyword: String) -> Bool {
        guard next.isWord(keyword) else { return false }
        index += 1
        return true
    }

    mutating func expectSign(_ sign: String) throws(CustomRuleFault) {
        guard takeSign(sign) else { throw unexpected("'\(sign)'") }
    }

    mutating func expectWord(_ keyword: String) throws(CustomRuleFault) {
        guard takeWord(keyword) else { throw unexpected(keyword.uppercased()) }
    }

    /// A name; `what` says in a message what it is for.
    mutating func expectName(_ what: String) throws(CustomRuleFault) -> String {
        guard case .word(let word) = next.kind else { throw unexpected(what) }
        index += 1
        return word
    }

    /// The complaint that something else than `expectation` comes next.
    func unexpected(_ expectation: String) -> CustomRuleFault {
        next.position.fault("expected \(expectation), found \(next.shown)")
    }
}
