import Documents

/// Reads filters by recursive descent; `or` binds weakest.
struct SCIMFilterParser {
    enum Token: Equatable {
        case word(String)
        case text(JSONValue)
        case open, close
    }

    private var tokens: ArraySlice<Token>
    private var depth = 0
    private static let maximumDepth = 20
    private static let maximumLength = 4096

    init(tokens: [Token]) { self.tokens = tokens[...] }

    static func tokens(_ text: String) throws -> [Token] {
        guard text.count <= maximumLength else { throw SCIMError.invalidFilter("The filter is too long") }
        var tokens: [Token] = []
        var rest = Substring(text)
        while let character = rest.first {
            switch character {
            case " ": rest.removeFirst()
            case "(", ")":
                tokens.append(character == "(" ? .open : .close)
                rest.removeFirst()
            case "\"": tokens.append(.text(try quoted(&rest)))
            default:
                let word = rest.prefix { !" ()\"".contains($0) }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    private static func quoted(_ rest: inout Substring) throws -> JSONValue {
        var end = rest.index(after: rest.startIndex)
        while end < rest.endIndex, rest[end] != "\"" {
            if rest[end] == "\\" { end = rest.index(after: end) }
            if end < rest.endIndex { end = rest.index(after: end) }
        }
        guard end < rest.endIndex, let value = try? JSONValue.parse(String(rest[...end])) else {
            throw SCIMError.invalidFilter("A text of the filter is not closed")
        }
        rest = rest[rest.index(after: end)...]
        return value
    }

    mutating func filter() throws -> SCIMFilter {
        let filter = try alternatives()
        guard tokens.isEmpty else { throw SCIMError.invalidFilter("The filter goes on after its end") }
        return filter
    }

    private mutating func alternatives() throws -> SCIMFilter {
        var left = try conjunction()
        while takes("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws -> SCIMFilter {
        var left = try term()
        while takes("and") { left = .and(left, try term()) }
        return left
    }

    private mutating func term() throws -> SCIMFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw SCIMError.invalidFilter("The filter is nested too deeply") }
        if takes("not") { return .not(try term()) }
        if tokens.first == .open {
            tokens.removeFirst()
            let inner = try alternatives()
            guard tokens.popFirst() == .close else { throw SCIMError.invalidFilter("A parenthesis is not closed") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws -> SCIMFilter {
        guard case .word(let path)? = tokens.popFirst(), case .word(let name)? = tokens.popFirst() else {
            throw SCIMError.invalidFilter("Expected an attribute and an operator")
        }
        if name.lowercased() == "pr" { return .present(path: path) }
        guard let comparison = SCIMFilter.Operator(rawValue: name.lowercased()) else {
            throw SCIMError.invalidFilter("Unknown operator \(name)")
        }
        return .comparison(path: path, comparison, try operand())
    }

    /// Text in quotes, a number, `true`, `false`; bare words count as text, as existing clients send them.
    private mutating func operand() throws -> JSONValue {
        switch tokens.popFirst() {
        case .text(let value)?: value
        case .word(let word)?: (try? JSONValue.parse(word)) ?? .string(word)
        default: throw SCIMError.invalidFilter("Expected a value after the operator")
        }
    }

    private mutating func takes(_ keyword: String) -> Bool {
        guard case .word(let word)? = tokens.first, word.lowercased() == keyword else { return false }
        tokens.removeFirst()
        return true
    }
}
