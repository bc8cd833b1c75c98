import Documents

/// The parameters of a request, or the fields of an answer, as texts without the coding of URLs.
public struct MessageParameters {
    /// Values of the path template's variables.
    public var path: [String: String]
    public var query: [(name: String, value: String)]
    /// The value of a field by its name; fields that are there more than once have their values between commas.
    public var header: (String) -> String?

    public init(
        path: [String: String] = [:], query: [(name: String, value: String)] = [], header: @escaping (String) -> String?
    ) {
        self.path = path
        self.query = query
        self.header = header
    }
}

/// Looks at one parameter of a message.
struct ParameterCheck {
    let rule: ParameterRule
    let schemas: [JSONSchema]

    func findings(in parameters: MessageParameters) -> [String] {
        guard let value = value(in: parameters) else {
            return rule.isRequired ? ["\(subject) is required"] : []
        }
        if rule.mayBeEmpty, value.string?.isEmpty == true { return [] }
        guard let schema = rule.schema else { return [] }
        let findings = schemas[schema].check(value, options: SchemaOptions(coerces: true)).findings
        return findings.map { $0.sentence(about: subject) }
    }

    private var subject: String { "the \(rule.place.rawValue) parameter '\(rule.name)'" }

    /// The value, with texts in the places of numbers and booleans; `nil` if it is not there.
    private func value(in parameters: MessageParameters) -> JSONValue? {
        switch rule.place {
        case .path: parameters.path[rule.name].map(value)
        case .header: parameters.header(rule.name).map(value)
        case .query: queried(parameters.query)
        case .cookie: queried(Self.cookies(parameters.header("Cookie") ?? ""))
        }
    }

    private func queried(_ query: [(name: String, value: String)]) -> JSONValue? {
        switch (rule.style, rule.shape) {
        case (.exploded, .object(let names)):
            let members = query.filter { names.contains($0.name) }
            return members.isEmpty ? nil : .object(JSONObject(members.map { ($0.name, .string($0.value)) }))
        case (.exploded, .array):
            let values = query.filter { $0.name == rule.name }.map { JSONValue.string($0.value) }
            return values.isEmpty ? nil : .array(values)
        case (.deepObject, _):
            let members = query.compactMap { name, value -> (String, JSONValue)? in
                guard name.hasPrefix(rule.name + "["), name.hasSuffix("]") else { return nil }
                return (String(name.dropFirst(rule.name.count + 1).dropLast()), .string(value))
            }
            return members.isEmpty ? nil : .object(JSONObject(members))
        default: return query.first { $0.name == rule.name }.map { value($0.value) }
        }
    }

    /// What one text means.
    private func value(_ text: String) -> JSONValue {
        switch (rule.style, rule.shape) {
        // What is no JSON is a text, which the schema takes or refuses.
        case (.json, _): return (try? JSONValue.parse(text)) ?? .string(text)
        case (_, .plain): return .string(text)
        case (let style, .array): return .array(Self.pieces(text, style).map { .string($0) })
        case (.simple(isExploded: true), .object):
            let members = Self.pieces(text, rule.style).map { piece in
                let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(pair[0]), JSONValue.string(pair.count == 2 ? String(pair[1]) : ""))
            }
            return .object(JSONObject(members))
        case (let style, .object):
            let pieces = Self.pieces(text, style)
            let members = stride(from: 0, to: pieces.count - 1, by: 2).map { (pieces[$0], JSONValue.string(pieces[$0 + 1])) }
            return .object(JSONObject(members))
        }
    }

    private static func pieces(_ text: String, _ style: ParameterRule.Style) -> [String] {
        if text.isEmpty { return [] }
        let separator: Character = if case .separated(let character) = style { character } else { "," }
        return text.split(separator: separator, omittingEmptySubsequences: false).map { piece in
            var piece = piece.drop { $0 == " " }
            while piece.last == " " { piece.removeLast() }
            return String(piece)
        }
    }

    /// RFC 6265 §4.2.1.
    private static func cookies(_ field: String) -> [(name: String, value: String)] {
        field.split(separator: ";").compactMap { pair in
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }
}

extension SchemaFinding {
    /// The finding as a sentence that begins with what was looked at.
    func sentence(about subject: String) -> String {
        guard path.tokens.isEmpty, message.hasPrefix("the value ") else { return "\(subject): \(message)" }
        return subject + message.dropFirst("the value".count)
    }
}
