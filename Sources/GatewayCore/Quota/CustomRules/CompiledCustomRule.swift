import Counters
import Model

/// A custom rule as the quota stage works with it.
final class CompiledCustomRule: Sendable {
    private enum KeyPart: Sendable {
        case text([UInt8])
        case attribute(CustomRuleAttribute)
    }

    let limit: QuotaLimit
    /// Start of the keys of the rule's counters.
    let keyPrefix: [UInt8]
    let users: [String: [UInt8]]
    private let template: [KeyPart]
    private let eligibility: RuleExpression
    private let key: RuleExpression
    private let amount: RuleExpression?

    init(_ rule: GatewayCustomRule) {
        limit = QuotaLimit(amount: rule.limit, windowMilliseconds: rule.windowMilliseconds)
        keyPrefix = Array("custom:\(rule.id):".utf8)
        users = rule.users.mapValues { Array($0.utf8) }
        template = rule.keyTemplate.map { part in
            switch part {
            case .text(let text): .text(Array(text.utf8))
            case .attribute(let attribute): .attribute(attribute)
            }
        }
        eligibility = RuleExpression(rule.eligibility)
        key = RuleExpression(rule.key)
        amount = rule.amount.map(RuleExpression.init)
    }

    /// The name that a request's counter has by the template; `nil` if the request lacks one of its parts.
    func templateKey(for request: RuleSubject) -> [UInt8]? {
        var bytes = keyPrefix
        for part in template {
            switch part {
            case .text(let text): bytes += text
            case .attribute(let attribute):
                guard let value = request.text(of: attribute) else { return nil }
                bytes += value
            }
        }
        return bytes
    }

    /// The name of the counter that the rule's queries count a request on; `nil` if it is not counted.
    func countedKey(for request: RuleSubject) -> [UInt8]? {
        guard eligibility.value(for: request).isTrue, let text = key.value(for: request).text else { return nil }
        return keyPrefix + text
    }

    /// What a request adds; at least 0.
    func amount(for request: RuleSubject) -> Int64 {
        guard let amount else { return 1 }
        guard case .integer(let value) = amount.value(for: request).asInteger else { return 0 }
        return max(0, value)
    }
}
