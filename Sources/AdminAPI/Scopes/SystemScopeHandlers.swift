import ContractRouter
import Documents
import Model
import Operating

/// Roles of the scopes of the REST APIs, and role aliases.
public struct SystemScopeHandlers: Sendable {
    private let scopes: SystemScopes

    public init(scopes: SystemScopes) { self.scopes = scopes }

    public func register(in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        table.handle(contract, "systemScopesGet", list)
        table.handle(contract, "updateRolesForScope", update)
        table.handle(contract, "getSystemScopesRoleAliases", aliases)
        table.handle(contract, "putSystemScopesRoleAliases", updateAliases)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        .ok(try await listed(request.tenant))
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let entries = (request.json["list"]?.array ?? []).map {
            (name: $0["name"]?.string ?? "", roles: $0["roles"]?.strings ?? [])
        }
        try await scopes.setRoles(entries, request.changeContext)
        return .ok(try await listed(request.tenant))
    }

    private func listed(_ tenant: Tenant) async throws -> JSONValue {
        .list(
            try await scopes.list(tenant: tenant).map { entry in
                [
                    "tag": JSONValue(entry.tag), "name": JSONValue(entry.name), "description": JSONValue(entry.name),
                    "roles": JSONValue(entry.roles),
                ]
            })
    }

    private func aliases(_ request: APIRequest) async throws -> APIResponse {
        .ok(try await listedAliases(request.tenant))
    }

    private func updateAliases(_ request: APIRequest) async throws -> APIResponse {
        var standsFor: [String: [String]] = [:]
        for entry in request.json["list"]?.array ?? [] {
            guard let role = entry["role"]?.string, !role.isEmpty else {
                throw CatalogueError.badRequest("role must not be empty")
            }
            for alias in entry["aliases"]?.strings ?? [] { standsFor[alias, default: []].append(role) }
        }
        try await scopes.setAliases(standsFor, request.changeContext)
        return .ok(try await listedAliases(request.tenant))
    }

    /// The contract lists the aliases of each role; stored are the roles of each alias.
    private func listedAliases(_ tenant: Tenant) async throws -> JSONValue {
        var aliases: [String: [String]] = [:]
        for (alias, roles) in try await scopes.aliases(tenant: tenant) {
            for role in roles { aliases[role, default: []].append(alias) }
        }
        return .list(
            aliases.sorted { $0.key < $1.key }.map { role, names in
                ["role": JSONValue(role), "aliases": JSONValue(names.sorted())]
            })
    }
}
