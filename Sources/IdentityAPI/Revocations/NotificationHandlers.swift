import ContractRouter
import Documents
import Identity
import Model

/// Takes the events that key managers of others send.
struct NotificationHandlers: Sendable {
    let services: IdentityServices

    func register(in table: inout HandlerTable) {
        table.handle("internal-data-v1", "postNotify", notify)
    }

    /// Only administrators may end other people's tokens; those of the super tenant for every tenant.
    private func notify(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        guard caller.roles.contains(BuiltInRole.administrator.rawValue) else {
            throw CatalogueError.forbidden("Only administrators may send notifications")
        }
        if request.headers["x-wso2-key-manager"] == "TENANT_MANAGEMENT" {
            throw CatalogueError.notImplemented("notifications about tenants")
        }
        var context = request.changeContext
        context.tenant = try await tenant(of: request.json, caller)
        try await services.externalRevocations.accept(request.json, context)
        return .ok([:])
    }

    private func tenant(of event: JSONValue, _ caller: Principal) async throws -> Tenant {
        guard let domain = event["tenantDomain"]?.string, domain.lowercased() != caller.tenant.domain else {
            return caller.tenant
        }
        guard caller.tenant.isSuper else { throw CatalogueError.userOfAnotherTenant }
        guard let tenant = try await services.authenticator.tenant(domain: domain) else {
            throw CatalogueError.badRequest("tenantDomain: there is no such tenant")
        }
        return tenant
    }
}
