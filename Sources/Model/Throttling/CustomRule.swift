/// A custom rule as an administrator of the platform wrote it (`docs/custom-rules.md`).
public struct CustomRule: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    /// Unique; never changes.
    public var name: String
    public var displayName: String
    public var description: String
    /// For instance `$userId:$apiContext`.
    public var keyTemplate: String
    /// The two queries.
    public var query: String

    public init(
        id: String, name: String, displayName: String, description: String, keyTemplate: String, query: String
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.description = description
        self.keyTemplate = keyTemplate
        self.query = query
    }
}
