/// What the user store says of a user, for backends and portals.
public struct UserClaims: Sendable, Hashable, Codable {
    /// Texts by the claims' names in the local dialect, for instance `emailaddress`.
    public var texts: [String: String]
    /// Names of the roles, in order.
    public var roles: [String]

    public init(texts: [String: String], roles: [String]) {
        self.texts = texts
        self.roles = roles
    }

    /// What stands before the names of claims in the local dialect.
    public static let dialect = "http://wso2.org/claims"
}
