import ContractRouter
import Documents
import Model
import Publishing

/// Look-ups that portals make while a form is filled in: roles, tenants, key managers, categories.
struct DirectoryHandlers: Sendable {
    let services: PublishingServices
    let settings: PublisherSettings

    func register(in table: inout HandlerTable) {
        table.publisher("validateSystemRole", systemRole)
        table.publisher("validateUserRole", userRole)
        table.publisher("getTenantsByState", tenants)
        table.publisher("getTenantExistence", tenant)
        table.publisher("getAllKeyManagers", keyManagers)
        table.publisher("getAllAPICategories", categories)
    }

    private func systemRole(_ request: APIRequest) async throws -> APIResponse {
        let given = request.pathParameter("roleId")
        guard let role = Base64Text.decoded(given), try await services.roleExists(role, in: request.caller().tenant) else {
            throw CatalogueError.notFound("role", id: given)
        }
        return .noContent
    }

    private func userRole(_ request: APIRequest) async throws -> APIResponse {
        let given = request.pathParameter("roleId")
        let held = try request.caller().roles.map { $0.lowercased() }
        guard let role = Base64Text.decoded(given), held.contains(role.lowercased()) else {
            throw CatalogueError.notFound("role", id: given)
        }
        return .noContent
    }

    private func tenants(_ request: APIRequest) async throws -> APIResponse {
        let isActive = request.queryText("state") != "inactive"
        let found = try await services.tenants(active: isActive)
        let items = found.dropFirst(request.page.offset).prefix(request.page.limit).map { tenant -> JSONValue in
            ["domain": JSONValue(tenant.domain), "status": JSONValue(isActive ? "ACTIVE" : "INACTIVE")]
        }
        return .list(Array(items), total: found.count, of: request)
    }

    private func tenant(_ request: APIRequest) async throws -> APIResponse {
        let domain = request.pathParameter("tenantDomain").lowercased()
        guard try await services.tenants(active: true).contains(where: { $0.domain == domain }) else {
            throw CatalogueError.notFound("tenant", id: domain)
        }
        return .noContent
    }

    private func keyManagers(_ request: APIRequest) async throws -> APIResponse {
        let name = JSONValue(GatewayKeyManager.residentName)
        let resident: JSONValue = [
            "id": name, "name": name, "displayName": name, "type": "default",
            "description": "The platform's own key manager", "enabled": true,
        ]
        return .ok(["count": 1, "list": [resident]])
    }

    private func categories(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.categories(of: request.caller().tenant)
        let items = found.map { category -> JSONValue in
            [
                "id": JSONValue(category.id), "name": JSONValue(category.name),
                "description": JSONValue(category.description),
            ]
        }
        return .ok(["count": JSONValue(items.count), "list": .array(items)])
    }
}
