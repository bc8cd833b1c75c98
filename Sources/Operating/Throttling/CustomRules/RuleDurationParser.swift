import Model

/// Reads the window of a rule: `#throttler:timeBatch(1 min)`, also with a start, or `#window.timeBatch(1 hour 30 min)`.
enum RuleDurationParser {
    private static let longest: Int64 = 366 * 86_400_000

    static func window(_ tokens: inout RuleTokens) throws(CustomRuleFault) -> Int64 {
        guard tokens.takeSign("#") else { throw tokens.unexpected("'#throttler:timeBatch(1 min)'") }
        let position = tokens.next.position
        var name = try tokens.expectName("the name of a window")
        if tokens.takeSign(":") || tokens.takeSign(".") { name += ":" + (try tokens.expectName("the name of a window")) }
        guard ["throttler:timebatch", "window:timebatch", "timebatch"].contains(name.lowercased()) else {
            throw position.fault(
                "windows of the kind \(name) are not supported; timeBatch counts in windows that follow each other")
        }
        try tokens.expectSign("(")
        let milliseconds = try duration(&tokens)
        // Windows begin at multiples of their length since 1970, whatever start is given.
        if tokens.takeSign(",") { try skipStart(&tokens) }
        try tokens.expectSign(")")
        return milliseconds
    }

    private static func skipStart(_ tokens: inout RuleTokens) throws(CustomRuleFault) {
        guard case .integer = tokens.next.kind else { throw tokens.unexpected("the start as a number") }
        _ = tokens.take()
        if case .word = tokens.next.kind { _ = tokens.take() }
    }

    private static func duration(_ tokens: inout RuleTokens) throws(CustomRuleFault) -> Int64 {
        let position = tokens.next.position
        var total: Int64 = 0
        while case .integer(let count) = tokens.next.kind {
            _ = tokens.take()
            let unitPosition = tokens.next.position
            let word = try tokens.expectName("a unit of time")
            guard let unit = unit(word) else {
                throw unitPosition.fault("'\(word)' is no unit; there are sec, min, hour, day, week, month and year")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, product <= longest - total else { throw position.fault("a window may last 366 days at most") }
            total += product
        }
        guard total >= 1000 else { throw position.fault("expected a length of at least a second, such as 1 min") }
        return total
    }

    private static func unit(_ word: String) -> Int64? {
        if ["millisec", "millisecond", "milliseconds"].contains(word.lowercased()) { return 1 }
        return ThrottlingTimeUnit(word)?.milliseconds
    }
}
