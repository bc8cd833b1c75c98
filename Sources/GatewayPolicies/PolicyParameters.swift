import RegularExpressions

/// The parameters of one use of a policy. They were checked against the policy's specification when it was attached; a gateway still refuses
/// what makes no sense to it.
struct PolicyParameters {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// The text, or `nil` if it is empty or not there.
    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func required(_ name: String) throws(PolicyProblem) -> String {
        guard let value = self[name] else { throw PolicyProblem("the parameter \(name) is missing") }
        return value
    }

    func integer(_ name: String, default standard: Int) throws(PolicyProblem) -> Int {
        guard let text = self[name] else { return standard }
        guard let value = Int(text), value >= 0 else { throw PolicyProblem("the parameter \(name) is no number") }
        return value
    }

    func bool(_ name: String, default standard: Bool) throws(PolicyProblem) -> Bool {
        switch self[name]?.lowercased() {
        case nil: return standard
        case "true": return true
        case "false": return false
        default: throw PolicyProblem("the parameter \(name) is neither true nor false")
        }
    }

    static func expression(
        _ pattern: String, _ options: RegularExpression.Options
    ) throws(PolicyProblem) -> RegularExpression {
        do throws(RegularExpressionFault) { return try RegularExpression(pattern, options) } catch {
            throw PolicyProblem("the regular expression is wrong: \(error.reason)")
        }
    }
}
