import Model

/// Reads key templates such as `$userId:$apiContext:$apiVersion`.
enum KeyTemplateParser {
    private static let longest = 512

    static func parts(of template: String) throws(CustomRuleFault) -> [CustomRuleKeyPart] {
        guard template.contains("$") else {
            throw RulePosition().fault("expected at least one variable, such as $userId; there are \(names)")
        }
        guard template.utf8.count <= longest else { throw RulePosition().fault("at most \(longest) bytes") }
        var parts: [CustomRuleKeyPart] = []
        var text = ""
        var rest = template[...]
        while let character = rest.first {
            guard character == "$" else {
                text.append(character)
                rest.removeFirst()
                continue
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(.attribute(try attribute(&rest, of: template)))
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    private static func attribute(
        _ rest: inout Substring, of template: String
    ) throws(CustomRuleFault) -> CustomRuleAttribute {
        let column = template.distance(from: template.startIndex, to: rest.startIndex) + 1
        rest.removeFirst()
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest[name.endIndex...]
        if let attribute = CustomRuleAttribute(rawValue: String(name)) { return attribute }
        let position = RulePosition(line: 1, column: column)
        if name == "customProperty" {
            throw position.fault("$customProperty is not supported: quotas are counted before policies could set a property")
        }
        throw position.fault("there is no variable $\(name); there are \(names)")
    }

    private static let names = CustomRuleAttribute.allCases.map { "$" + $0.rawValue }.joined(separator: ", ")
}
