import Documents
import Model

/// Reads expressions: `or`, `and`, comparisons, sums, products, `not`, calls, literals and names, in this order of binding.
struct RuleExpressionParser {
    /// Deeper nesting is refused.
    static let deepestNesting = 50

    var tokens: RuleTokens
    /// What names stand for beside the request's attributes: the columns of an earlier query.
    var columns: [String: TypedExpression] = [:]
    private var depth = 0

    init(_ tokens: RuleTokens) { self.tokens = tokens }

    mutating func expression() throws(CustomRuleFault) -> TypedExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw tokens.next.position.fault("the expression is nested too deeply") }
        var left = try conjunction()
        while tokens.takeWord("or") { left = try joined(left, .or, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(CustomRuleFault) -> TypedExpression {
        var left = try negation()
        while tokens.takeWord("and") { left = try joined(left, .and, try negation()) }
        return left
    }

    /// Chains of one operator become one call, so that long ones are not deep.
    private func joined(
        _ left: TypedExpression, _ function: CustomRuleFunction, _ right: TypedExpression
    ) throws(CustomRuleFault) -> TypedExpression {
        for side in [left, right] { try demand(side, .truth) }
        if case .call(function, let earlier) = left.expression, left.isOpenChain {
            var longer = left
            longer.expression = .call(function, earlier + [right.expression])
            longer.depth = max(left.depth, right.depth + 1)
            return longer
        }
        var chain = try TypedExpression(function, [left, right], .truth, left.position)
        chain.isOpenChain = true
        return chain
    }

    private mutating func negation() throws(CustomRuleFault) -> TypedExpression {
        let position = tokens.next.position
        guard tokens.takeWord("not") else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw position.fault("the expression is nested too deeply") }
        let operand = try negation()
        try demand(operand, .truth)
        return try TypedExpression(.not, [operand], .truth, position)
    }

    private static let comparisons: [String: CustomRuleFunction] = [
        "==": .equal, "!=": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
    ]

    private mutating func comparison() throws(CustomRuleFault) -> TypedExpression {
        let left = try sum()
        if tokens.next.isWord("is"), tokens.afterNext.isWord("null") {
            _ = tokens.take()
            _ = tokens.take()
            return try TypedExpression(.isMissing, [left], .truth, left.position)
        }
        guard case .sign(let sign) = tokens.next.kind, let function = Self.comparisons[sign] else { return left }
        let position = tokens.take().position
        let right = try sum()
        let isOrder = function != .equal && function != .unequal
        guard left.type.isComparable(with: right.type), !isOrder || left.type != .truth else {
            throw position.fault("'\(sign)' cannot compare \(left.type.name) with \(right.type.name)")
        }
        return try TypedExpression(function, [left, right], .truth, left.position)
    }

    private mutating func sum() throws(CustomRuleFault) -> TypedExpression {
        try chain(["+": .add, "-": .subtract]) { parser throws(CustomRuleFault) in
            try parser.chain(["*": .multiply, "/": .divide, "%": .remainder]) { parser throws(CustomRuleFault) in
                try parser.primary()
            }
        }
    }

    /// Operands joined by operators of one strength, from the left.
    private mutating func chain(
        _ operators: [String: CustomRuleFunction],
        _ operand: (inout RuleExpressionParser) throws(CustomRuleFault) -> TypedExpression
    ) throws(CustomRuleFault) -> TypedExpression {
        var left = try operand(&self)
        while case .sign(let sign) = tokens.next.kind, let function = operators[sign] {
            let position = tokens.take().position
            let right = try operand(&self)
            for side in [left, right] where !side.type.isNumeric && side.type != .unknown {
                throw position.fault("'\(sign)' works on numbers, found \(side.type.name); str:concat joins texts")
            }
            let type: RuleType = left.type == .integer && right.type == .integer ? .integer : .number
            left = try TypedExpression(function, [left, right], type, left.position)
        }
        return left
    }

    // MARK: Primaries

    private mutating func primary() throws(CustomRuleFault) -> TypedExpression {
        let token = tokens.next
        func literal(_ expression: CustomRuleExpression, _ type: RuleType) -> TypedExpression {
            _ = tokens.take()
            return TypedExpression(expression: expression, type: type, position: token.position)
        }
        switch token.kind {
        case .text(let text): return literal(.text(text), .text)
        case .integer(let value): return literal(.integer(value), .integer)
        case .number(let value): return literal(.number(value), .number)
        case .sign("-"): return try negative()
        case .sign("("):
            _ = tokens.take()
            var inner = try expression()
            try tokens.expectSign(")")
            inner.isOpenChain = false
            return inner
        case .word("true"), .word("TRUE"): return literal(.truth(true), .truth)
        case .word("false"), .word("FALSE"): return literal(.truth(false), .truth)
        case .word: return try name()
        case .sign, .end: throw tokens.unexpected("a value")
        }
    }

    private mutating func negative() throws(CustomRuleFault) -> TypedExpression {
        let position = tokens.take().position
        switch tokens.take().kind {
        case .integer(let value): return TypedExpression(expression: .integer(-value), type: .integer, position: position)
        case .number(let value): return TypedExpression(expression: .number(-value), type: .number, position: position)
        default: throw position.fault("'-' stands between numbers or before a number")
        }
    }

    private mutating func name() throws(CustomRuleFault) -> TypedExpression {
        let position = tokens.next.position
        var name = try tokens.expectName("a name")
        if tokens.next.isSign(":") {
            _ = tokens.take()
            name += ":" + (try tokens.expectName("the name of a function"))
        }
        if tokens.next.isSign("(") { return try call(name, at: position) }
        if let column = columns[name] { return column }
        if name == "propertiesMap" || name == "properties" {
            throw position.fault("the properties can only be read one by one, as in map:get(propertiesMap, 'ip')")
        }
        guard let attribute = CustomRuleAttribute(rawValue: name), attribute != .clientIp else {
            throw position.fault("there is no attribute '\(name)'; there are \(Self.attributeNames)")
        }
        return TypedExpression(expression: .attribute(attribute), type: .text, position: position)
    }

    static let attributeNames = CustomRuleAttribute.allCases.filter { $0 != .clientIp }.map(\.rawValue)
        .joined(separator: ", ")

    // MARK: Calls

    private mutating func call(_ name: String, at position: RulePosition) throws(CustomRuleFault) -> TypedExpression {
        switch name.lowercased() {
        case "map:get": return try property(at: position)
        case "cast", "convert": return try conversion(at: position)
        default: break
        }
        if ["count", "sum", "avg", "max", "min", "distinctcount", "throttler:distributedcount"].contains(name.lowercased()) {
            throw position.fault("\(name) counts events, so it can only stand in the second query, compared with a number")
        }
        guard let signature = RuleFunctionTable.signature(name) else {
            throw position.fault("there is no function \(name); there are \(RuleFunctionTable.names)")
        }
        let arguments = try arguments()
        try check(arguments, signature, name, position)
        if case .text(let pattern)? = arguments.first?.expression, signature.function == .find {
            do { _ = try SchemaPattern(pattern) } catch { throw position.fault("regex:find: \(error.message)") }
        }
        let place = signature.resultArgument
        return try TypedExpression(signature.function, arguments, signature.result ?? arguments[place].type, position)
    }

    private mutating func arguments() throws(CustomRuleFault) -> [TypedExpression] {
        try tokens.expectSign("(")
        var arguments: [TypedExpression] = []
        if tokens.takeSign(")") { return arguments }
        repeat { arguments.append(try expression()) } while tokens.takeSign(",")
        try tokens.expectSign(")")
        return arguments
    }

    private func check(
        _ arguments: [TypedExpression], _ signature: RuleFunctionTable.Signature, _ name: String, _ position: RulePosition
    ) throws(CustomRuleFault) {
        let count = signature.arguments.count
        guard signature.repeats ? arguments.count >= count : arguments.count == count else {
            throw position.fault(
                "\(name) takes \(count)\(signature.repeats ? " or more" : "") arguments, not \(arguments.count)")
        }
        for (index, argument) in arguments.enumerated() {
            if let type = signature.arguments[min(index, count - 1)] { try demand(argument, type) }
        }
        if signature.function == .choose { try demand(arguments[2], arguments[1].type) }
        if signature.function == .find, case .text = arguments[0].expression {
        } else if signature.function == .find {
            throw arguments[0].position.fault("the expression of regex:find must be a text in quotes")
        }
    }

    private func demand(_ value: TypedExpression, _ type: RuleType) throws(CustomRuleFault) {
        guard value.type == type || value.type == .unknown || type == .unknown || type.isNumeric && value.type.isNumeric
        else { throw value.position.fault("expected \(type.name), found \(value.type.name)") }
    }

    /// `map:get(propertiesMap, 'name')`.
    private mutating func property(at position: RulePosition) throws(CustomRuleFault) -> TypedExpression {
        try tokens.expectSign("(")
        guard tokens.takeWord("propertiesmap") || tokens.takeWord("properties") else {
            throw tokens.unexpected("propertiesMap")
        }
        try tokens.expectSign(",")
        guard case .text(let name) = tokens.next.kind else { throw tokens.unexpected("the name of a property in quotes") }
        _ = tokens.take()
        try tokens.expectSign(")")
        return TypedExpression(expression: .property(name), type: .unknown, position: position)
    }

    /// `cast(value, 'long')` and `convert(value, 'long')`.
    private mutating func conversion(at position: RulePosition) throws(CustomRuleFault) -> TypedExpression {
        try tokens.expectSign("(")
        let value = try expression()
        try tokens.expectSign(",")
        guard case .text(let name) = tokens.next.kind else { throw tokens.unexpected("the name of a type in quotes") }
        let namePosition = tokens.take().position
        try tokens.expectSign(")")
        let (function, type): (CustomRuleFunction, RuleType)
        switch name.lowercased() {
        case "string": (function, type) = (.toText, .text)
        case "int", "long": (function, type) = (.toInteger, .integer)
        case "float", "double": (function, type) = (.toNumber, .number)
        case "bool": (function, type) = (.toTruth, .truth)
        default: throw namePosition.fault("the type must be one of string, int, long, float, double and bool")
        }
        return try TypedExpression(function, [value], type, position)
    }
}
