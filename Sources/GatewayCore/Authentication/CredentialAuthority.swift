import Model

/// Whom the gateway asks about credentials that it cannot judge itself. Called off the event loops.
public protocol CredentialAuthority: Sendable {
    /// What a token stands for at one of the key managers that a tenant may use; `nil` if it is not valid there. Throws if the key manager
    /// gives no answer.
    func introspect(_ token: String, keyManager: String, tenant: Int) async throws -> IntrospectedToken?

    /// The user of a name and password; `nil` if either is wrong. Throws ``CredentialAuthorityError``, or what went wrong.
    ///
    /// - Parameter name: `name` of the super tenant, or `name@domain`.
    func authenticate(user name: String, password: String) async throws -> AuthenticatedUser?

    /// What the user store says of a user; `nil` if there is no such user in the tenant.
    func claims(ofUser id: String, tenant: Int) async throws -> UserClaims?

    /// Fetches the keys of a key manager again. When it returns, the gateway knows them.
    func refreshKeys(ofKeyManager name: String, tenant: Int) async throws
}

/// Why an authority gives no answer.
public enum CredentialAuthorityError: Error, Sendable {
    /// Too many passwords wait to be checked.
    case busy
}
