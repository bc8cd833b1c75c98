import Storage

/// Finds users for rules that name them: tokens of the platform name users by their ids.
public protocol NamedUsers: Sendable {
    /// The id of a user by `name@domain`; `nil` if there is none.
    func userID(of qualifiedName: String, in connection: any SQLConnection) throws -> String?
}
