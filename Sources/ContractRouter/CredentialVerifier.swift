import Model

/// Turns the credential of a management request into a principal; implemented by the identity part.
public protocol CredentialVerifier: Sendable {
    /// `authorization` is the whole `Authorization` header, `tenantDomain` the one of `/t/{domain}` if the path had it.
    /// Throws a 401 ``CatalogueError`` when the credential is malformed, wrong, expired or revoked.
    func verify(authorization: String, tenantDomain: String?) async throws -> Principal

    /// The tenant of a domain, or `nil` if there is none or it is deactivated.
    func tenant(domain: String) async throws -> Tenant?
}
