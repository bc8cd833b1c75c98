/// What publishers learn of a subscriber.
public struct UserProfile: Sendable, Hashable {
    public var name: String
    /// Names of the roles.
    public var roles: Set<String>
    public var claims: [Claim]

    /// One attribute of the user.
    public struct Claim: Sendable, Hashable {
        /// For people, for instance `Email`.
        public var name: String
        /// For programs, for instance `http://wso2.org/claims/emailaddress`.
        public var uri: String
        public var value: String

        public init(name: String, uri: String, value: String) {
            self.name = name
            self.uri = uri
            self.value = value
        }
    }

    public init(name: String, roles: Set<String>, claims: [Claim]) {
        self.name = name
        self.roles = roles
        self.claims = claims
    }
}
