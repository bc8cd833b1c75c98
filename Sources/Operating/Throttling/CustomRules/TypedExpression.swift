import Model

/// An expression with its type.
struct TypedExpression: Sendable, Hashable {
    /// Deeper expressions are refused: gateways evaluate them on their event loops.
    static let deepest = 60

    var expression: CustomRuleExpression
    var type: RuleType
    var position: RulePosition
    var depth = 1
    /// Whether it is a chain of `and` or `or` that may still grow.
    var isOpenChain = false

    init(expression: CustomRuleExpression, type: RuleType, position: RulePosition) {
        self.expression = expression
        self.type = type
        self.position = position
    }

    /// A call. Throws if it is too deep.
    init(
        _ function: CustomRuleFunction, _ arguments: [TypedExpression], _ type: RuleType, _ position: RulePosition
    ) throws(CustomRuleFault) {
        self.init(expression: .call(function, arguments.map(\.expression)), type: type, position: position)
        depth = (arguments.map(\.depth).max() ?? 0) + 1
        guard depth <= Self.deepest else { throw position.fault("the expression is too long; parentheses may help") }
    }
}
