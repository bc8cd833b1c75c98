import Documents

/// A filter of RFC 7644 §3.4.2.2: comparisons joined by `and`, `or`, `not` and parentheses.
indirect enum SCIMFilter {
    enum Operator: String {
        case eq, ne, co, sw, ew, gt, ge, lt, le
    }

    case comparison(path: String, Operator, JSONValue)
    case present(path: String)
    case and(SCIMFilter, SCIMFilter)
    case or(SCIMFilter, SCIMFilter)
    case not(SCIMFilter)

    init(_ text: String) throws {
        var parser = SCIMFilterParser(tokens: try SCIMFilterParser.tokens(text))
        self = try parser.filter()
    }

    /// Whether a resource, or an element of a multi-valued attribute, meets the filter.
    func matches(_ value: JSONValue) -> Bool {
        switch self {
        case .and(let left, let right): left.matches(value) && right.matches(value)
        case .or(let left, let right): left.matches(value) || right.matches(value)
        case .not(let filter): !filter.matches(value)
        case .present(let path): !Self.values(at: path, in: value).isEmpty
        case .comparison(let path, .ne, let operand):
            !Self.values(at: path, in: value).contains { Self.compare($0, .eq, operand) }
        case .comparison(let path, let comparison, let operand):
            Self.values(at: path, in: value).contains { Self.compare($0, comparison, operand) }
        }
    }

    /// The text that `path` must equal, if that is all the filter says.
    func equality(on path: String) -> String? {
        guard case .comparison(let own, .eq, let value) = self, own.lowercased() == path.lowercased() else { return nil }
        return value.string
    }

    /// The values that a path such as `emails.value` leads to, through arrays; their `value` members stand for objects.
    private static func values(at path: String, in value: JSONValue) -> [JSONValue] {
        let steps = SCIMPath.steps(path)
        var values = [value]
        for step in steps {
            values = values.flatMap { flattened($0) }.compactMap { $0.member(step)?.value }
        }
        return values.flatMap { flattened($0) }.map { $0.object == nil ? $0 : $0["value"] ?? $0 }.filter { !$0.isNull }
    }

    private static func flattened(_ value: JSONValue) -> [JSONValue] { value.array ?? [value] }

    private static func compare(_ value: JSONValue, _ comparison: Operator, _ operand: JSONValue) -> Bool {
        if let left = value.double, let right = operand.double { return order(left, comparison, right) }
        guard let left = value.string?.lowercased(), let right = operand.string?.lowercased() else {
            return comparison == .eq && value == operand
        }
        return switch comparison {
        case .co: left.contains(right)
        case .sw: left.hasPrefix(right)
        case .ew: left.hasSuffix(right)
        default: order(left, comparison, right)
        }
    }

    private static func order<Value: Comparable>(_ left: Value, _ comparison: Operator, _ right: Value) -> Bool {
        switch comparison {
        case .eq: left == right
        case .gt: left > right
        case .ge: left >= right
        case .lt: left < right
        case .le: left <= right
        case .ne, .co, .sw, .ew: false
        }
    }
}
