import Model

/// A repeatable source of random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

/// Writes random well-typed expressions of custom rules together with what they mean.
struct RuleWriter {
    struct Written {
        var text: String
        var meaning: CustomRuleExpression
    }

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed &* 7919 &+ 1) }

    mutating func truth(depth: Int) -> Written {
        guard depth > 0 else { return pick() ? .init(text: "true", meaning: .truth(true)) : comparison(depth: 0) }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return joined(" and ", .and, depth)
        case 1: return joined(" or ", .or, depth)
        case 2:
            let inner = truth(depth: depth - 1)
            return .init(text: "not (\(inner.text))", meaning: .call(.not, [inner.meaning]))
        case 3:
            let one = text(depth: depth - 1)
            let other = text(depth: depth - 1)
            return .init(
                text: "str:contains(\(one.text), \(other.text))", meaning: .call(.contains, [one.meaning, other.meaning]))
        default: return comparison(depth: depth - 1)
        }
    }

    private mutating func joined(_ word: String, _ function: CustomRuleFunction, _ depth: Int) -> Written {
        let parts = (0..<Int.random(in: 2...4, using: &random)).map { _ in truth(depth: depth - 1) }
        // Each part stands in parentheses, so the strength of operators does not matter here.
        return .init(
            text: parts.map { "(\($0.text))" }.joined(separator: word), meaning: .call(function, parts.map(\.meaning)))
    }

    private mutating func comparison(depth: Int) -> Written {
        let signs: [(String, CustomRuleFunction)] = [
            ("==", .equal), ("!=", .unequal), ("<", .less), ("<=", .lessOrEqual), (">", .greater), (">=", .greaterOrEqual),
        ]
        let (sign, function) = signs[Int.random(in: 0..<signs.count, using: &random)]
        let isText = pick()
        let left = isText ? text(depth: depth) : number(depth: depth)
        let right = isText ? text(depth: depth) : number(depth: depth)
        return .init(text: "\(left.text) \(sign)\(right.text)", meaning: .call(function, [left.meaning, right.meaning]))
    }

    private mutating func text(depth: Int) -> Written {
        if depth > 0, pick() {
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in text(depth: depth - 1) }
            return .init(
                text: "str:concat(\(parts.map(\.text).joined(separator: ",")))",
                meaning: .call(.concatenate, parts.map(\.meaning)))
        }
        if pick(), let attribute = CustomRuleAttribute.allCases.filter({ $0 != .clientIp }).randomElement(using: &random) {
            return .init(text: attribute.rawValue, meaning: .attribute(attribute))
        }
        let value = ["", "a b", "it's", "ü/{x}", "--", "/*"].randomElement(using: &random) ?? ""
        return .init(text: "\"\(value)\"", meaning: .text(value))
    }

    private mutating func number(depth: Int) -> Written {
        guard depth > 0, pick() else {
            let value = Int64.random(in: 0...1_000, using: &random)
            return .init(text: "\(value)", meaning: .integer(value))
        }
        let signs: [(String, CustomRuleFunction)] = [
            ("+", .add), ("-", .subtract), ("*", .multiply), ("/", .divide), ("%", .remainder),
        ]
        let (sign, function) = signs[Int.random(in: 0..<signs.count, using: &random)]
        let left = number(depth: depth - 1)
        let right = number(depth: depth - 1)
        return .init(text: "(\(left.text) \(sign) \(right.text))", meaning: .call(function, [left.meaning, right.meaning]))
    }

    private mutating func pick() -> Bool { Bool.random(using: &random) }
}
