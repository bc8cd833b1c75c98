import GatewayCore
import Identity
import Model

/// Answers the gateway of this process out of the identity of this process.
struct LocalCredentialAuthority: CredentialAuthority {
    let checks: CredentialChecks

    func introspect(_ token: String, keyManager: String, tenant: Int) async throws -> IntrospectedToken? {
        try await checks.introspect(token, keyManager: keyManager, tenant: tenant)
    }

    func authenticate(user name: String, password: String) async throws -> AuthenticatedUser? {
        do {
            return try await checks.authenticate(user: name, password: password)
        } catch let error as CatalogueError where error == .tooManySignIns {
            throw CredentialAuthorityError.busy
        }
    }

    func claims(ofUser id: String, tenant: Int) async throws -> UserClaims? {
        try await checks.claims(ofUser: id, tenant: tenant)
    }

    func refreshKeys(ofKeyManager name: String, tenant: Int) async throws {
        try await checks.refreshKeys(ofKeyManager: name, tenant: tenant)
    }
}
