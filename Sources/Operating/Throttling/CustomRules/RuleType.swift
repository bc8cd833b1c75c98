/// The type of an expression of a rule.
enum RuleType: Sendable, Hashable {
    case text, integer, number, truth
    /// Known only with the request: an entry of the properties map.
    case unknown

    /// How messages call a value of the type.
    var name: String {
        switch self {
        case .text: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .truth: "true or false"
        case .unknown: "a property"
        }
    }

    /// Whether values of both types can be compared.
    func isComparable(with other: RuleType) -> Bool {
        self == .unknown || other == .unknown || self == other || isNumeric && other.isNumeric
    }

    var isNumeric: Bool { self == .integer || self == .number }
}
