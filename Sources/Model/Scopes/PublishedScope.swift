/// A scope that guards operations of APIs, with the roles that may have it.
public struct PublishedScope: Sendable, Hashable {
    /// The value in tokens, unique within the tenant.
    public var name: String
    public var displayName: String
    public var description: String
    /// Roles of which a user needs one; empty means none needed.
    public var roles: [String]

    public init(name: String, displayName: String, description: String, roles: [String]) {
        self.name = name
        self.displayName = displayName
        self.description = description
        self.roles = roles
    }
}
