import Documents

/// One thing that is wrong with an API definition.
public struct DefinitionFinding: Sendable, Hashable, CustomStringConvertible {
    /// Where in the document.
    public let path: JSONPointer
    /// What was expected there, as a sentence without its place.
    public let message: String

    public var description: String { path.tokens.isEmpty ? message : "\(path): \(message)" }
}
