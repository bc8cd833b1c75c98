import Model

/// The functions that rules can call, with what they take.
enum RuleFunctionTable {
    struct Signature: Sendable {
        var function: CustomRuleFunction
        /// What each argument has to be; `nil` for anything. The last one may repeat.
        var arguments: [RuleType?]
        var repeats = false
        /// `nil`: that of the argument with the given place.
        var result: RuleType?
        var resultArgument = 0
    }

    /// The function of a name such as `str:concat`; names are read without regard to case.
    static func signature(_ name: String) -> Signature? { signatures[name.lowercased()] }

    /// All names, for messages.
    static var names: String {
        (Array(signatures.keys) + ["map:get", "cast", "convert"]).sorted().joined(separator: ", ")
    }

    private static let signatures: [String: Signature] = [
        "str:concat": .init(function: .concatenate, arguments: [nil], repeats: true, result: .text),
        "str:contains": .init(function: .contains, arguments: [.text, .text], result: .truth),
        "str:startswith": .init(function: .startsWith, arguments: [.text, .text], result: .truth),
        "str:endswith": .init(function: .endsWith, arguments: [.text, .text], result: .truth),
        "str:equalsignorecase": .init(function: .equalsIgnoringCase, arguments: [.text, .text], result: .truth),
        "str:lower": .init(function: .lower, arguments: [.text], result: .text),
        "str:upper": .init(function: .upper, arguments: [.text], result: .text),
        "str:length": .init(function: .length, arguments: [.text], result: .integer),
        "regex:find": .init(function: .find, arguments: [.text, .text], result: .truth),
        "ifthenelse": .init(function: .choose, arguments: [.truth, nil, nil], result: nil, resultArgument: 1),
        "coalesce": .init(function: .coalesce, arguments: [nil], repeats: true, result: nil),
        "isnull": .init(function: .isMissing, arguments: [nil], result: .truth),
    ]
}
