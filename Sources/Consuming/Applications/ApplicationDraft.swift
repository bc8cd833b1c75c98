import Model

/// What a user may say of an application.
public struct ApplicationDraft: Sendable {
    public var name: String
    public var description: String
    /// Name of the application-level throttling policy.
    public var policy: String
    /// `JWT` or `OAUTH`.
    public var tokenType: String
    public var attributes: [String: String]
    public var groups: [String]
    /// `PRIVATE` or `SHARED_WITH_ORG`.
    public var visibility: String

    public init(
        name: String, description: String = "", policy: String, tokenType: String = "JWT",
        attributes: [String: String] = [:], groups: [String] = [], visibility: String = "PRIVATE"
    ) {
        self.name = name
        self.description = description
        self.policy = policy
        self.tokenType = tokenType
        self.attributes = attributes
        self.groups = groups
        self.visibility = visibility
    }
}

extension ApplicationDraft {
    /// Throws a 400 that names the rule. Whether the policy exists and the name is free is for the transaction to say.
    func check() throws {
        if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            throw CatalogueError.badRequest("name must not begin or end with blanks")
        }
        if name.isEmpty { throw CatalogueError.badRequest("name must not be empty") }
        if name.unicodeScalars.contains(where: Self.isIllegal) {
            throw CatalogueError.badRequest("name contains characters that are not allowed")
        }
        if name.unicodeScalars.count > 100 { throw CatalogueError.badRequest("name must have at most 100 characters") }
    }

    /// Characters that break paths, quota keys or markup.
    private static func isIllegal(_ scalar: Unicode.Scalar) -> Bool {
        let listed: Set<Unicode.Scalar> = [
            "~", "!", "@", "#", ";", ":", "%", "^", "*", "(", ")", "+", "=", "{", "}", "|", "\\", "<", ">", "\"", "'", ",",
            "/", "$", "&", "[", "]",
        ]
        return listed.contains(scalar) || scalar.properties.generalCategory == .control
    }
}
