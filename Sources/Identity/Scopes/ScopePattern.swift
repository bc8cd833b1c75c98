import Documents

/// A regular expression for scopes, which has to match the whole of one.
public struct ScopePattern: Sendable {
    private let pattern: SchemaPattern

    /// Throws what is wrong with the text.
    public init(_ text: String) throws(SchemaPattern.Fault) { pattern = try SchemaPattern("^(?:\(text))$") }

    func matches(_ scope: String) -> Bool { pattern.matches(scope) }

    /// What holds without a configuration: `openid`, and the scopes by which devices name themselves.
    public static let standard: [ScopePattern] = ["openid", "device_.*"].compactMap { try? ScopePattern($0) }
}
