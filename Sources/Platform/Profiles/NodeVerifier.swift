import ContractRouter
import Crypto
import Identity
import Model
import Settings

/// The one account of a gateway that runs apart: the administrator of its own configuration, for those who look into it.
struct NodeVerifier: CredentialVerifier {
    private let name: String
    private let password: String

    init(settings: Settings) {
        name = settings[SettingsTable.administratorName]
        password = settings[SettingsTable.administratorPassword]
    }

    func verify(authorization: String, tenantDomain: String?) async throws -> Principal {
        guard !password.isEmpty else { throw CatalogueError.gatewayHasNoUsers }
        guard let credential = BasicCredential.parse(authorization) else { throw CatalogueError.malformedAuthorization }
        let given = credential.name == "\(name)@\(Tenant.superTenant.domain)" ? name : credential.name
        // Digests have one length, so that the time tells nothing of what is right.
        let isRight = Self.digest(given) == Self.digest(name)
        guard Self.digest(credential.password) == Self.digest(password), isRight else {
            // Slow for whoever guesses; a person who has mistyped does not notice.
            try await Task.sleep(for: .milliseconds(500))
            throw CatalogueError.invalidCredentials
        }
        return Principal(
            username: name, userID: "", tenant: .superTenant, roles: ["admin"], scopes: ["apim:admin"])
    }

    /// A path of another tenant is none here: which tenant is meant, operations are told in their query.
    func tenant(domain: String) async throws -> Tenant? {
        domain == Tenant.superTenant.domain ? .superTenant : nil
    }

    private static func digest(_ text: String) -> SHA256.Digest { SHA256.hash(data: Array(text.utf8)) }
}
