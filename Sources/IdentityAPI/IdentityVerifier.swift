import ContractRouter
import Identity
import Model

/// Lets the contract router accept the platform's own users and access tokens.
public struct IdentityVerifier: CredentialVerifier {
    private let authenticator: PrincipalAuthenticator

    public init(services: IdentityServices) { authenticator = services.authenticator }

    public func verify(authorization: String, tenantDomain: String?) async throws -> Principal {
        try await authenticator.principal(authorization: authorization, tenantDomain: tenantDomain)
    }

    public func tenant(domain: String) async throws -> Tenant? { try await authenticator.tenant(domain: domain) }
}
