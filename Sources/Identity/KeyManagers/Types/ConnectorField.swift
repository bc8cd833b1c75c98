import Documents

/// One field of a form that a portal shows for a key manager or for keys of an application.
public struct ConnectorField: Sendable {
    public enum Kind: String, Sendable {
        case input, select, options, checkbox, labelOnly
    }

    public var name: String
    public var label: String
    public var kind: Kind
    public var isRequired = false
    /// Whether the value is a secret: stored sealed, and never shown again.
    public var isSecret = false
    public var allowsSeveral = false
    public var tooltip: String
    public var defaultValue: JSONValue = ""
    /// What can be chosen.
    public var choices: [JSONValue] = []

    public init(_ name: String, _ label: String, _ kind: Kind = .input, tooltip: String) {
        self.name = name
        self.label = label
        self.kind = kind
        self.tooltip = tooltip
    }

    func required() -> Self { changed { $0.isRequired = true } }
    func secret() -> Self { changed { $0.isSecret = true } }
    func several() -> Self { changed { $0.allowsSeveral = true } }
    func initially(_ value: JSONValue) -> Self { changed { $0.defaultValue = value } }
    func among(_ choices: [JSONValue]) -> Self { changed { $0.choices = choices } }

    private func changed(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// The field as contracts show it.
    public var json: JSONValue {
        [
            "name": JSONValue(name), "label": JSONValue(label), "type": JSONValue(kind.rawValue),
            "required": JSONValue(isRequired), "mask": JSONValue(isSecret), "multiple": JSONValue(allowsSeveral),
            "tooltip": JSONValue(tooltip), "default": defaultValue, "values": .array(choices),
        ]
    }
}
