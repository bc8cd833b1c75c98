/// A search as portals send it: `key:value` tokens separated by blanks; a token without key continues the value before it.
struct SearchQuery: Sendable, Hashable {
    struct Value: Sendable, Hashable {
        var text: String
        /// Given in double quotes: the whole value, not a part of it.
        var isExact: Bool
    }

    /// Values by lower-case key in order of first use; values of one key are alternatives, keys add up.
    private(set) var terms: [(key: String, values: [Value])] = []

    /// `defaultKey` is the key of a first token without one.
    init(_ text: String, defaultKey: String) {
        var tokens: [(key: String, value: String)] = []
        for token in Self.tokens(text) {
            if let colon = token.firstIndex(of: ":"), colon != token.startIndex, !token.hasPrefix("\"") {
                tokens.append((token[..<colon].lowercased(), String(token[token.index(after: colon)...])))
            } else if tokens.isEmpty {
                tokens.append((defaultKey, token))
            } else {
                tokens[tokens.count - 1].value += " " + token
            }
        }
        for token in tokens where !token.value.isEmpty { add(token.key, token.value) }
    }

    private mutating func add(_ key: String, _ text: String) {
        let isExact = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let value = Value(text: isExact ? String(text.dropFirst().dropLast()) : text, isExact: isExact)
        if let index = terms.firstIndex(where: { $0.key == key }) {
            terms[index].values.append(value)
        } else {
            terms.append((key, [value]))
        }
    }

    /// Splits at blanks that do not stand in quotes.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character.isWhitespace, !isQuoted {
                if !current.isEmpty { tokens.append(current) }
                current = ""
            } else {
                current.append(character)
            }
        }
        return current.isEmpty ? tokens : tokens + [current]
    }

    static func == (left: SearchQuery, right: SearchQuery) -> Bool {
        left.terms.count == right.terms.count
            && zip(left.terms, right.terms).allSatisfy { $0.key == $1.key && $0.values == $1.values }
    }

    func hash(into hasher: inout Hasher) {
        for term in terms {
            hasher.combine(term.key)
            hasher.combine(term.values)
        }
    }
}
