import ContractRouter
import Model

/// Credentials out of a table, for tests: `Bearer NAME` is the principal `NAME`.
public struct TableVerifier: CredentialVerifier {
    public var principals: [String: Principal]
    public var tenants: [Tenant]

    public init(_ principals: [String: Principal] = [:], tenants: [Tenant] = [.superTenant]) {
        self.principals = principals
        self.tenants = tenants
    }

    public func verify(authorization: String, tenantDomain: String?) async throws -> Principal {
        guard authorization.hasPrefix("Bearer "), let principal = principals[String(authorization.dropFirst(7))] else {
            throw CatalogueError(code: 900901, status: 401, message: "Invalid Credentials")
        }
        return principal
    }

    public func tenant(domain: String) async throws -> Tenant? { tenants.first { $0.domain == domain } }
}

extension Principal {
    /// A user with these scopes, for tests.
    public static func test(_ username: String, tenant: Tenant = .superTenant, scopes: Set<String>, roles: Set<String> = [])
        -> Principal
    {
        Principal(
            username: username, userID: "00000000-0000-4000-8000-000000000001", tenant: tenant, roles: roles, scopes: scopes)
    }
}
