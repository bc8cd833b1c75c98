import Documents
import Model

/// The `query` of the list of deny policies: `conditionType:` and `conditionValue:`, joined by `&` or blanks. A value in quotes has to
/// be equal, any other one has to occur.
struct DenyPolicySearch {
    private struct Term {
        var isType: Bool
        var text: String
        var isExact: Bool
    }

    private var terms: [Term] = []

    /// Throws a 400 for a word that is neither.
    init(_ query: String) throws {
        var rest = query[...]
        while let start = rest.firstIndex(where: { $0 != "&" && !$0.isWhitespace }) {
            rest = rest[start...]
            let isType = rest.hasPrefix("conditionType:")
            guard isType || rest.hasPrefix("conditionValue:") else {
                throw CatalogueError.badRequest("query may hold conditionType: and conditionValue:")
            }
            rest = rest[rest.index(rest.startIndex, offsetBy: isType ? 14 : 15)...]
            terms.append(Self.term(isType: isType, &rest))
        }
    }

    private static func term(isType: Bool, _ rest: inout Substring) -> Term {
        if rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") {
            let text = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            return Term(isType: isType, text: String(text), isExact: true)
        }
        // Values may hold blanks, types may not.
        let end = rest.firstIndex { $0 == "&" || isType && $0.isWhitespace } ?? rest.endIndex
        let text = rest[..<end]
        rest = rest[end...]
        return Term(isType: isType, text: String(text), isExact: false)
    }

    func matches(_ policy: DenyPolicy) -> Bool {
        terms.allSatisfy { term in
            if term.isType {
                let type = policy.condition.kind.rawValue
                return term.isExact
                    ? type == term.text : type.lowercased().contains(term.text.lowercased())
            }
            return policy.condition.texts.contains { text in
                term.isExact ? text == term.text : text.lowercased().contains(term.text.lowercased())
            }
        }
    }
}

extension DenyCondition {
    /// What a search looks at: the value as text and, of addresses, each by itself.
    fileprivate var texts: [String] {
        switch self {
        case .address(let address, _): [json.text, address]
        case .addressRange(let from, let to, _): [json.text, from, to]
        default: [json.string ?? json.text]
        }
    }
}
