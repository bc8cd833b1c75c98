import Model
import Storage

/// Turns the text of a custom rule into what gateways evaluate.
struct CustomRuleCompiler: Sendable {
    let users: any NamedUsers

    /// Throws a 400 that names the member, the place in it and what is wrong there.
    func compile(_ rule: CustomRule, in connection: any SQLConnection) throws -> GatewayCustomRule {
        let template = try Self.explaining("keyTemplate") { () throws(CustomRuleFault) in
            try KeyTemplateParser.parts(of: rule.keyTemplate)
        }
        let queries = try Self.explaining("siddhiQuery") { () throws(CustomRuleFault) in
            try RuleQueryParser.rule(of: rule.query)
        }
        return GatewayCustomRule(
            id: rule.id, name: rule.name, keyTemplate: template, eligibility: queries.eligibility, key: queries.key,
            amount: queries.amount, limit: queries.limit, windowMilliseconds: queries.windowMilliseconds,
            users: try namedUsers(queries.eligibility.texts + queries.key.texts, in: connection))
    }

    private static func explaining<Value>(
        _ member: String, _ body: () throws(CustomRuleFault) -> Value
    ) throws -> Value {
        do { return try body() } catch { throw CatalogueError.invalidCustomRule("\(member), \(error.description)") }
    }

    /// The users whom texts of the rule name.
    private func namedUsers(_ texts: [String], in connection: any SQLConnection) throws -> [String: String] {
        var named: [String: String] = [:]
        for text in Set(texts) where text.contains("@") {
            if let id = try users.userID(of: text, in: connection) { named[id] = text }
        }
        return named
    }
}

extension CustomRuleExpression {
    /// All texts in the expression.
    fileprivate var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .call(_, let arguments): arguments.flatMap(\.texts)
        case .integer, .number, .truth, .attribute, .property: []
        }
    }
}
