import Model

/// Reads what a rule counts and how much it lets through: `(count(throttleKey) >= 5) AS isThrottled`, also with the name inside the
/// parentheses, with `sum(…)`, and with the number first.
struct RuleMeasureParser {
    struct Measure: Sendable, Hashable {
        /// `nil` when each request adds 1.
        var amount: CustomRuleExpression?
        var limit: Int64
    }

    private struct Aggregate {
        var amount: CustomRuleExpression?
        var position: RulePosition
    }

    static func measure(_ parser: inout RuleExpressionParser) throws(CustomRuleFault) -> Measure {
        let isNested = parser.tokens.takeSign("(")
        let measure = try comparison(&parser)
        var isNamed = false
        if isNested {
            isNamed = try takeName(&parser.tokens)
            try parser.tokens.expectSign(")")
        }
        if !isNamed, try !takeName(&parser.tokens) { throw parser.tokens.unexpected("AS isThrottled") }
        return measure
    }

    private static func takeName(_ tokens: inout RuleTokens) throws(CustomRuleFault) -> Bool {
        guard tokens.takeWord("as") else { return false }
        guard tokens.takeWord("isthrottled") else { throw tokens.unexpected("isThrottled") }
        return true
    }

    private static func comparison(_ parser: inout RuleExpressionParser) throws(CustomRuleFault) -> Measure {
        if let aggregate = try aggregate(&parser) {
            let sign = parser.tokens.take()
            let number = try number(&parser.tokens)
            return try measure(aggregate, sign, number, flipped: false)
        }
        let number = try number(&parser.tokens)
        let sign = parser.tokens.take()
        guard let aggregate = try aggregate(&parser) else { throw parser.tokens.unexpected("count(…) or sum(…)") }
        return try measure(aggregate, sign, number, flipped: true)
    }

    private static func measure(
        _ aggregate: Aggregate, _ sign: RuleToken, _ number: Int64, flipped: Bool
    ) throws(CustomRuleFault) -> Measure {
        let reached = flipped ? "<=" : ">="
        let passed = flipped ? "<" : ">"
        guard sign.isSign(reached) || sign.isSign(passed) else {
            throw sign.position.fault(
                "expected '\(reached)' or '\(passed)', found \(sign.shown): a rule refuses what is beyond a number")
        }
        let (more, overflow) = number.addingReportingOverflow(1)
        let limit = sign.isSign(passed) ? (overflow ? number : more) : number
        guard limit >= 1 else { throw sign.position.fault("the number must be at least 1") }
        return Measure(amount: aggregate.amount, limit: limit)
    }

    private static func number(_ tokens: inout RuleTokens) throws(CustomRuleFault) -> Int64 {
        guard case .integer(let value) = tokens.next.kind else { throw tokens.unexpected("count(…), sum(…) or a whole number") }
        _ = tokens.take()
        return value
    }

    /// `count(…)`, `throttler:distributedCount(…)` or `sum(…)`; `nil` if something else comes.
    private static func aggregate(_ parser: inout RuleExpressionParser) throws(CustomRuleFault) -> Aggregate? {
        let position = parser.tokens.next.position
        guard case .word(let word) = parser.tokens.next.kind else { return nil }
        _ = parser.tokens.take()
        var name = word.lowercased()
        if parser.tokens.takeSign(":") { name += ":" + (try parser.tokens.expectName("the name of a function")).lowercased() }
        switch name {
        case "count", "throttler:distributedcount": return try count(&parser, position)
        case "sum": return try sum(&parser, position)
        default: throw position.fault("a rule can count requests with count(…) or add numbers with sum(…), found \(name)")
        }
    }

    private static func count(
        _ parser: inout RuleExpressionParser, _ position: RulePosition
    ) throws(CustomRuleFault) -> Aggregate {
        try parser.tokens.expectSign("(")
        if !parser.tokens.takeSign(")") {
            _ = try parser.expression()
            try parser.tokens.expectSign(")")
        }
        return Aggregate(amount: nil, position: position)
    }

    private static func sum(
        _ parser: inout RuleExpressionParser, _ position: RulePosition
    ) throws(CustomRuleFault) -> Aggregate {
        try parser.tokens.expectSign("(")
        let value = try parser.expression()
        guard value.type.isNumeric || value.type == .unknown else {
            throw value.position.fault("sum adds numbers, found \(value.type.name)")
        }
        try parser.tokens.expectSign(")")
        return Aggregate(amount: value.expression, position: position)
    }
}
