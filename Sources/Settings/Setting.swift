import Documents

/// A type that a setting can have.
public protocol SettingValue: Sendable, Equatable {
    /// What a person has to write, as in "expected a number".
    static var expectation: String { get }
    init?(setting: JSONValue)
    var setting: JSONValue { get }
}

extension String: SettingValue {
    public static var expectation: String { "a text" }
    public init?(setting: JSONValue) {
        guard let text = setting.string else { return nil }
        self = text
    }
    public var setting: JSONValue { JSONValue(self) }
}

extension Int: SettingValue {
    public static var expectation: String { "a whole number" }
    /// Takes numbers, and texts that hold one: values of the environment are always texts.
    public init?(setting: JSONValue) {
        guard let value = setting.int ?? setting.string.flatMap({ Int($0) }) else { return nil }
        self = value
    }
    public var setting: JSONValue { JSONValue(self) }
}

extension Double: SettingValue {
    public static var expectation: String { "a number" }
    /// Takes numbers, and texts that hold one: values of the environment are always texts.
    public init?(setting: JSONValue) {
        guard let value = setting.double ?? setting.string.flatMap({ Double($0) }), value.isFinite else { return nil }
        self = value
    }
    public var setting: JSONValue { JSONValue(self) }
}

extension Bool: SettingValue {
    public static var expectation: String { "true or false" }
    public init?(setting: JSONValue) {
        switch setting {
        case .bool(let value): self = value
        case .string("true"): self = true
        case .string("false"): self = false
        default: return nil
        }
    }
    public var setting: JSONValue { JSONValue(self) }
}

extension [String]: SettingValue {
    public static var expectation: String { "a list of texts" }
    /// Takes lists of texts, and one text with commas.
    public init?(setting: JSONValue) {
        if let array = setting.array {
            let texts = array.compactMap(\.string)
            guard texts.count == array.count else { return nil }
            self = texts
        } else if let text = setting.string {
            self = text.split(separator: ",").map { String($0.trimming(" ")) }
        } else {
            return nil
        }
    }
    public var setting: JSONValue { JSONValue(self) }
}

extension StringProtocol {
    fileprivate func trimming(_ character: Character) -> SubSequence {
        var rest = self[...]
        while rest.first == character { rest.removeFirst() }
        while rest.last == character { rest.removeLast() }
        return rest
    }
}

/// One key of `deployment.toml`: where it stands, its default, and what it is for.
public struct Setting<Value: SettingValue>: Sendable {
    /// The key with its tables, for instance `server.hostname`.
    public var path: String
    public var defaultValue: Value
    /// One sentence for `docs/configuration.md`.
    public var documentation: String
    /// Whether `martlet config show` hides the value.
    public var isSecret = false
    /// What is expected beyond the type, as in "a whole number from 0 to 50000".
    public var expectation = Value.expectation
    public var isAllowed: @Sendable (Value) -> Bool = { _ in true }

    init(_ path: String, _ defaultValue: Value, _ documentation: String) {
        self.path = path
        self.defaultValue = defaultValue
        self.documentation = documentation
    }

    func secret() -> Self {
        var copy = self
        copy.isSecret = true
        return copy
    }
}

extension Setting where Value == Int {
    func within(_ range: ClosedRange<Int>) -> Self {
        var copy = self
        copy.isAllowed = { range.contains($0) }
        copy.expectation = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return copy
    }
}

extension Setting where Value == Double {
    func within(_ range: ClosedRange<Double>) -> Self {
        var copy = self
        copy.isAllowed = { range.contains($0) }
        copy.expectation = "a number from \(range.lowerBound) to \(range.upperBound)"
        return copy
    }
}

extension Setting where Value == String {
    func oneOf(_ choices: String...) -> Self {
        var copy = self
        copy.isAllowed = { choices.contains($0) }
        copy.expectation = "one of \(choices.joined(separator: ", "))"
        return copy
    }
}

/// A setting without its type, for tables of all of them.
public protocol AnySetting: Sendable {
    var path: String { get }
    var documentation: String { get }
    var isSecret: Bool { get }
    var expectation: String { get }
    var defaultJSON: JSONValue { get }
    /// The value in its canonical form, or `nil` if it is none of this setting's.
    func canonical(_ value: JSONValue) -> JSONValue?
}

extension Setting: AnySetting {
    public var defaultJSON: JSONValue { defaultValue.setting }

    public func canonical(_ value: JSONValue) -> JSONValue? {
        guard let typed = Value(setting: value), isAllowed(typed) else { return nil }
        return typed.setting
    }
}
