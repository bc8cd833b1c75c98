import Documents
import Model
import Storage

/// A person or program that can sign in.
public struct User: Sendable, Hashable {
    /// UUID, never changes; the `sub` claim of tokens.
    public var id: String
    /// The owning tenant's number.
    public var tenantID: Int
    /// User store, `PRIMARY` for the built-in one.
    public var store: String
    /// Name within the store.
    public var name: String
    /// A locked user cannot sign in.
    public var isLocked: Bool
    /// SCIM attributes (RFC 7643 §4.1) besides those that the other members hold.
    public var attributes: JSONObject
    public var version: Int64
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Milliseconds since 1970.
    public var modifiedMilliseconds: Int64

    /// Name of the store that exists from the start; its users' names carry no prefix.
    public static let primaryStore = "PRIMARY"

    /// `name`, or `STORE/name` for users of another store than the built-in one.
    public var qualifiedName: String { store == Self.primaryStore ? name : "\(store)/\(name)" }

    /// Splits `STORE/name`; names without prefix belong to the built-in store.
    static func split(_ username: String) -> (store: String, name: String) {
        guard let slash = username.firstIndex(of: "/") else { return (primaryStore, username) }
        return (username[..<slash].uppercased(), String(username[username.index(after: slash)...]))
    }
}
