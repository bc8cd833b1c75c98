import ContractRouter
import Identity
import Logging

/// Everything that identity offers over HTTP.
public struct IdentityHandlers: Sendable {
    private let services: IdentityServices
    private let logger: Logger

    public init(services: IdentityServices, logger: Logger) {
        self.services = services
        self.logger = logger
    }

    /// Adds the handlers of contract operations and the plain routes.
    public func register(in table: inout HandlerTable) {
        OAuthRoutes(services: services, logger: logger).register(in: &table)
        DiscoveryRoutes(discovery: services.discovery).register(in: &table)
        ClientRegistrationHandlers(services: services).register(in: &table)
        SCIMUserRoutes(users: services.userAdministration).register(in: &table)
        SCIMRoleRoutes(kind: .role, roles: services.roles).register(in: &table)
        SCIMRoleRoutes(kind: .group, roles: services.groups).register(in: &table)
        TenantRoutes(tenants: services.tenants).register(in: &table)
        NotificationHandlers(services: services).register(in: &table)
    }
}
