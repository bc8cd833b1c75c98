import Model

/// Reads the two queries of a rule: the first names the counter and says which requests count, the second how many are let through.
struct RuleQueryParser {
    private var parser: RuleExpressionParser

    /// What the queries of a rule come to.
    struct Rule: Sendable, Hashable {
        var eligibility: CustomRuleExpression
        var key: CustomRuleExpression
        var amount: CustomRuleExpression?
        var limit: Int64
        var windowMilliseconds: Int64
    }

    private init(_ text: String) throws(CustomRuleFault) {
        parser = RuleExpressionParser(try RuleTokens(text))
    }

    static func rule(of text: String) throws(CustomRuleFault) -> Rule {
        var parser = try RuleQueryParser(text)
        return try parser.rule()
    }

    private var tokens: RuleTokens {
        get { parser.tokens }
        set { parser.tokens = newValue }
    }

    private mutating func rule() throws(CustomRuleFault) -> Rule {
        let start = tokens.next.position
        let eligible = try firstQuery()
        guard let key = parser.columns["throttleKey"] else {
            throw start.fault("the first query must select the counter's name: … as throttleKey")
        }
        var text = key
        if key.type != .text { text = try TypedExpression(.toText, [key], .text, key.position) }
        parser.columns["throttleKey"] = text
        _ = tokens.takeSign(";")
        let second = try secondQuery()
        _ = tokens.takeSign(";")
        guard tokens.next.kind == .end else {
            throw tokens.unexpected("the end: a rule has two queries")
        }
        var eligibility = second.filter
        if let eligible { eligibility = try TypedExpression(.and, [eligible, second.filter], .truth, start) }
        return Rule(
            eligibility: eligibility.expression, key: text.expression, amount: second.measure.amount,
            limit: second.measure.limit, windowMilliseconds: second.window)
    }

    // MARK: First query

    /// `FROM RequestStream SELECT … INSERT INTO EligibilityStream`; returns the condition in brackets behind the stream, if any.
    private mutating func firstQuery() throws(CustomRuleFault) -> TypedExpression? {
        try tokens.expectWord("from")
        try expectStream("RequestStream")
        var filter: TypedExpression?
        if tokens.takeSign("[") {
            filter = try truth()
            try tokens.expectSign("]")
        }
        if tokens.next.isSign("#") { throw tokens.unexpected("SELECT: the window belongs into the second query") }
        try tokens.expectWord("select")
        var columns: [String: TypedExpression] = [:]
        repeat {
            if try skipMap() { continue }
            let column = try namedColumn()
            columns[column.name] = column.value
        } while tokens.takeSign(",")
        try expectInsert(into: "EligibilityStream")
        parser.columns = columns
        return filter
    }

    private mutating func expectStream(_ name: String) throws(CustomRuleFault) {
        guard case .word(name) = tokens.next.kind else { throw tokens.unexpected("the stream \(name)") }
        _ = tokens.take()
    }

    /// The map of properties may be handed on as a whole; it is there in any case.
    private mutating func skipMap() throws(CustomRuleFault) -> Bool {
        guard tokens.next.isWord("propertiesmap") || tokens.next.isWord("properties"),
            tokens.afterNext.isSign(",") || tokens.afterNext.isWord("insert")
        else { return false }
        _ = tokens.take()
        return true
    }

    /// `expression AS name`, `(expression AS name)`, or an attribute, which is its own name.
    private mutating func namedColumn() throws(CustomRuleFault) -> (name: String, value: TypedExpression) {
        let start = tokens.index
        if tokens.takeSign("(") {
            let value = try parser.expression()
            if tokens.takeWord("as") {
                let name = try tokens.expectName("a name")
                try tokens.expectSign(")")
                return (name, value)
            }
            tokens.rewind(to: start)
        }
        let value = try parser.expression()
        if tokens.takeWord("as") { return (try tokens.expectName("a name"), value) }
        guard case .attribute(let attribute) = value.expression else { throw tokens.unexpected("AS and a name") }
        return (attribute.rawValue, value)
    }

    private mutating func truth() throws(CustomRuleFault) -> TypedExpression {
        let value = try parser.expression()
        guard value.type == .truth || value.type == .unknown else {
            throw value.position.fault("expected a condition, found \(value.type.name)")
        }
        return value
    }

    private mutating func expectInsert(into stream: String) throws(CustomRuleFault) {
        guard tokens.takeWord("insert") else { throw tokens.unexpected("',' or INSERT INTO \(stream)") }
        if tokens.takeWord("all") || tokens.takeWord("current") { _ = tokens.takeWord("events") }
        try tokens.expectWord("into")
        try expectStream(stream)
    }

    // MARK: Second query

    /// `FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min) SELECT throttleKey, (count(throttleKey) >= 5) AS
    /// isThrottled, expiryTimeStamp GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream`.
    private mutating func secondQuery() throws(CustomRuleFault) -> (
        filter: TypedExpression, measure: RuleMeasureParser.Measure, window: Int64
    ) {
        try tokens.expectWord("from")
        try expectStream("EligibilityStream")
        guard tokens.takeSign("[") else { throw tokens.unexpected("'[isEligible==true]'") }
        let filter = try truth()
        try tokens.expectSign("]")
        let window = try RuleDurationParser.window(&parser.tokens)
        try tokens.expectWord("select")
        var measure: RuleMeasureParser.Measure?
        repeat {
            if tokens.next.isWord("throttlekey"), !tokens.afterNext.isSign("(") {
                _ = tokens.take()
            } else if tokens.takeWord("expirytimestamp") {
                continue
            } else {
                measure = try RuleMeasureParser.measure(&parser)
            }
        } while tokens.takeSign(",")
        guard let measure else {
            throw tokens.unexpected("(count(throttleKey) >= N) AS isThrottled among the selected columns")
        }
        try tokens.expectWord("group")
        try tokens.expectWord("by")
        guard tokens.takeWord("throttlekey") else { throw tokens.unexpected("throttleKey, by which counters are told apart") }
        if tokens.next.isWord("having") { throw tokens.unexpected("INSERT: HAVING is not supported") }
        try expectInsert(into: "ResultStream")
        return (filter, measure, window)
    }
}
