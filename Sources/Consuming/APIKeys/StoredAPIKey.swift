import Model

/// An opaque API key as it is stored: everything but the key itself.
public struct StoredAPIKey: Sendable, Hashable {
    /// UUID.
    public var id: String
    public var tenant: Tenant
    /// Unique among the keys of its owner for the same API or application.
    public var name: String
    public var keyType: KeyType
    /// Name of the user who made it, without tenant.
    public var owner: String
    /// UUID of the one API that it opens; `nil` for all that its application is subscribed to.
    public var apiID: String?
    /// UUID of the application that it stands for; `nil` while it stands for none.
    public var applicationID: String?
    public var restrictions: APIKeyRestrictions
    /// Seconds from ``issuedMilliseconds``; `nil` never expires.
    public var validitySeconds: Int?
    /// Milliseconds since 1970.
    public var issuedMilliseconds: Int64
    /// About when a gateway last saw it, milliseconds since 1970; `nil` for never.
    public var lastUsedMilliseconds: Int64?

    /// Milliseconds since 1970; `nil` never expires.
    var expiresMilliseconds: Int64? { validitySeconds.map { issuedMilliseconds + Int64($0) * 1000 } }
}

/// A stored key with the names that people know its API and application by.
public struct NamedAPIKey: Sendable, Hashable {
    public var key: StoredAPIKey
    public var apiName: String?
    public var applicationName: String?
}

/// A new key: the only time that it is shown.
public struct FreshAPIKey: Sendable {
    /// The key itself: a secret.
    public var text: String
    public var stored: StoredAPIKey
}

/// What a user asks for when making a key.
public struct APIKeyDraft: Sendable {
    public var name: String
    public var keyType: KeyType
    /// Seconds; 0 or less never expires.
    public var validitySeconds: Int
    public var restrictions: APIKeyRestrictions

    public init(name: String, keyType: KeyType, validitySeconds: Int, restrictions: APIKeyRestrictions) {
        self.name = name
        self.keyType = keyType
        self.validitySeconds = validitySeconds
        self.restrictions = restrictions
    }

    /// Throws a 400 that names the rule.
    func check() throws {
        if name.isEmpty || name.allSatisfy(\.isWhitespace) { throw CatalogueError.badRequest("keyName must not be empty") }
        if name.unicodeScalars.count > 100 { throw CatalogueError.badRequest("keyName must have at most 100 characters") }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw CatalogueError.badRequest("keyName contains characters that are not allowed")
        }
        guard validitySeconds <= 3_153_600_000 else {
            throw CatalogueError.badRequest("validityPeriod must be at most a hundred years")
        }
    }
}
