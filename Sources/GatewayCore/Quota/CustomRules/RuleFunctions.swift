import Model

/// Applies the operators and functions of custom rules.
enum RuleFunctions {
    static func apply(
        _ function: CustomRuleFunction, _ arguments: [RuleExpression], _ request: RuleSubject
    ) -> RuleValue {
        switch function {
        // These do not evaluate more than they need.
        case .and: return .truth(arguments.allSatisfy { $0.value(for: request).isTrue })
        case .or: return .truth(arguments.contains { $0.value(for: request).isTrue })
        case .choose:
            guard arguments.count == 3 else { return .missing }
            return arguments[arguments[0].value(for: request).isTrue ? 1 : 2].value(for: request)
        case .coalesce: return arguments.lazy.map { $0.value(for: request) }.first { $0 != .missing } ?? .missing
        case .concatenate: return .text(arguments.reduce(into: []) { $0 += $1.value(for: request).text ?? [] })
        default: break
        }
        guard let first = arguments.first?.value(for: request) else { return .missing }
        if arguments.count > 1 { return apply(function, first, arguments[1].value(for: request)) }
        return apply(function, first)
    }

    private static func apply(_ function: CustomRuleFunction, _ value: RuleValue) -> RuleValue {
        switch function {
        case .not: .truth(!value.isTrue)
        case .isMissing: .truth(value == .missing)
        case .toText: value.text.map(RuleValue.text) ?? .missing
        case .toInteger: value.asInteger
        case .toNumber: value.asNumber
        case .toTruth: value.asTruth
        case .lower: value.text.map { .text(Bytes.lowercased($0)) } ?? .missing
        case .upper: value.text.map { .text($0.map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 }) } ?? .missing
        case .length: value.text.map { .integer(Int64(String(decoding: $0, as: UTF8.self).count)) } ?? .missing
        default: .missing
        }
    }

    private static func apply(_ function: CustomRuleFunction, _ left: RuleValue, _ right: RuleValue) -> RuleValue {
        switch function {
        case .equal: .truth(left.compared(with: right) == .same)
        case .unequal: .truth(left.compared(with: right).map { $0 != .same } ?? false)
        case .less: .truth(left.compared(with: right) == .before)
        case .lessOrEqual: .truth(left.compared(with: right).map { $0 != .after } ?? false)
        case .greater: .truth(left.compared(with: right) == .after)
        case .greaterOrEqual: .truth(left.compared(with: right).map { $0 != .before } ?? false)
        case .add, .subtract, .multiply, .divide, .remainder: calculate(function, left, right)
        default: compareTexts(function, left, right)
        }
    }

    private static func compareTexts(
        _ function: CustomRuleFunction, _ left: RuleValue, _ right: RuleValue
    ) -> RuleValue {
        guard let text = left.text, let other = right.text else { return .missing }
        switch function {
        case .contains: return .truth(TextPattern(literal: other).occurs(in: text))
        case .startsWith: return .truth(text.starts(with: other))
        case .endsWith: return .truth(text.count >= other.count && text.suffix(other.count).elementsEqual(other))
        case .equalsIgnoringCase: return .truth(Bytes.lowercased(text) == Bytes.lowercased(other))
        default: return .missing
        }
    }

    private static func calculate(
        _ function: CustomRuleFunction, _ left: RuleValue, _ right: RuleValue
    ) -> RuleValue {
        if case .integer(let one) = left, case .integer(let other) = right { return calculate(function, one, other) }
        guard case .number(let one) = left.asNumber, case .number(let other) = right.asNumber else { return .missing }
        let result =
            switch function {
            case .add: one + other
            case .subtract: one - other
            case .multiply: one * other
            case .divide: one / other
            default: one.truncatingRemainder(dividingBy: other)
            }
        return result.isFinite ? .number(result) : .missing
    }

    private static func calculate(_ function: CustomRuleFunction, _ left: Int64, _ right: Int64) -> RuleValue {
        let (result, overflow) =
            switch function {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            case .divide: left.dividedReportingOverflow(by: right)
            default: left.remainderReportingOverflow(dividingBy: right)
            }
        return overflow ? .missing : .integer(result)
    }
}
