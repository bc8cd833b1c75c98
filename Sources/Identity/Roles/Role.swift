import Model

/// A named set of rights that users have.
public struct Role: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// The owning tenant's number.
    public var tenantID: Int
    /// For instance `Internal/publisher` or `manager`.
    public var name: String
    /// Whether it shows as a SCIM group rather than as a role.
    public var isGroup: Bool
    /// Permission names as clients set them.
    public var permissions: [String]
    public var version: Int64
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Milliseconds since 1970.
    public var modifiedMilliseconds: Int64

    /// Prefix of roles that live in the platform itself.
    static let internalPrefix = "Internal/"

    /// The names by which a role may be asked for: as written, and with or without the prefix `Internal/`.
    static func spellings(_ name: String) -> [String] {
        if name.lowercased().hasPrefix(internalPrefix.lowercased()) {
            return [name, String(name.dropFirst(internalPrefix.count))]
        }
        return name.contains("/") ? [name] : [name, internalPrefix + name]
    }
}
