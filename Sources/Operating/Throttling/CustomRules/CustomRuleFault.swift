/// Why the text of a custom rule is not accepted: where, and what was expected.
public struct CustomRuleFault: Error, Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// In characters, from 1.
    public var column: Int
    public var message: String

    /// For instance `line 2, column 14: there is no function str:reverse`.
    public var description: String { "line \(line), column \(column): \(message)" }
}

/// A place in the text of a rule.
struct RulePosition: Sendable, Hashable {
    var line = 1
    var column = 1

    func fault(_ message: String) -> CustomRuleFault { CustomRuleFault(line: line, column: column, message: message) }
}
