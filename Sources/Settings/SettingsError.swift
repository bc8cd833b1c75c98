/// Why a configuration is refused: file, key and expectation in one sentence.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String

    static func unreadable(file: String, reason: String) -> Self { Self(description: "\(file) is no TOML: \(reason).") }

    /// Leaves the value out: it may be a secret in the wrong place.
    static func wrongValue(file: String, setting: any AnySetting) -> Self {
        Self(description: "\(file): \(setting.path) has a wrong value; expected \(setting.expectation).")
    }

    static func unresolved(file: String, path: String, reference: String) -> Self {
        Self(description: "\(file): \(path) refers to \(reference), which is not set.")
    }
}
