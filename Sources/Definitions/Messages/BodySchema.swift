import Documents

/// What the body of a message has to be.
public struct BodySchema: Sendable {
    /// Which way the message goes.
    public enum Direction: Sendable { case request, response }

    /// The forms of bodies that schemas speak of here.
    enum Form: Sendable {
        case json, form, text

        init?(_ essence: String) {
            if BodySchema.isJSON(essence) {
                self = .json
            } else if essence == "application/x-www-form-urlencoded" {
                self = .form
            } else if essence == "text/plain" {
                self = .text
            } else {
                return nil
            }
        }
    }

    private let content: (form: Form, schema: JSONSchema)?
    private let lists: Set<String>
    /// Whether there has to be a body at all.
    public let isRequired: Bool
    private let direction: Direction

    init(
        _ content: (form: Form, schema: JSONSchema)?, lists: Set<String> = [], isRequired: Bool, _ direction: Direction
    ) {
        self.content = content
        self.lists = lists
        self.isRequired = isRequired
        self.direction = direction
    }

    static func isJSON(_ essence: String) -> Bool {
        essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }

    /// What is wrong with a body, one sentence each. Takes time that grows with the body, bounded whatever the schema says.
    public func findings(in bytes: [UInt8]) -> [String] {
        if bytes.isEmpty { return isRequired ? ["the body is required"] : [] }
        guard let content else { return [] }
        let value: JSONValue
        switch content.form {
        case .json:
            do throws(JSONError) { value = try JSONValue.parse(bytes, limits: Self.limits) } catch {
                return [error.reason == .repeatedName ? "the body: \(error)" : "the body is not JSON: \(error)"]
            }
        case .form: value = form(bytes)
        case .text: value = .string(String(decoding: bytes, as: UTF8.self))
        }
        let options = SchemaOptions(
            coerces: content.form != .json, ignoresReadOnly: direction == .request, ignoresWriteOnly: direction == .response)
        return content.schema.check(value, options: options).findings.map { $0.sentence(about: "the body") }
    }

    /// Backends may take what the platform's own interfaces do not. Of two members with one name the backend may take the one that was not
    /// checked.
    private static let limits = JSONLimits(size: 1 << 30, allowsNull: true, allowsRepeatedNames: false)

    /// The names and values of `application/x-www-form-urlencoded`; a name that is there more than once has a list.
    private func form(_ bytes: [UInt8]) -> JSONValue {
        var members = JSONObject()
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let (name, value) = (Self.text(parts[0]), JSONValue.string(parts.count == 2 ? Self.text(parts[1]) : ""))
            switch members[name] {
            case nil: members[name] = lists.contains(name) ? .array([value]) : value
            case .array(let values): members[name] = .array(values + [value])
            case .some(let first): members[name] = .array([first, value])
            }
        }
        return .object(members)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let spaced = String(decoding: bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }, as: UTF8.self)
        return PercentDecoding.text(of: Substring(spaced)) ?? spaced
    }
}
