import ContractRouter
import Documents
import Identity
import Model

/// Key managers of a tenant, and those of all tenants.
public struct KeyManagerHandlers: Sendable {
    let managers: KeyManagers
    let wellKnown: WellKnownDocument
    let uses: KeyManagerUses

    public init(managers: KeyManagers, wellKnown: WellKnownDocument, uses: KeyManagerUses) {
        self.managers = managers
        self.wellKnown = wellKnown
        self.uses = uses
    }

    public func register(in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        for (family, scope) in [("KeyManagers", Scope.tenant), ("GlobalKeyManagers", .everyTenant)] {
            table.handle(contract, "get\(family)") { try await list($0, scope) }
            table.handle(contract, "post\(family)") { try await create($0, scope) }
            table.handle(contract, "get\(family)ByKeymanagerid") { try await find($0, scope) }
            table.handle(contract, "put\(family)ByKeymanagerid") { try await update($0, scope) }
            table.handle(contract, "delete\(family)ByKeymanagerid") { try await delete($0, scope) }
        }
        table.handle(contract, "postKeyManagersDiscover", discover)
        table.handle(contract, "getKeyManagersByKeymanageridApiUsages", apiUsages)
        table.handle(contract, "getKeyManagersByKeymanageridAppUsages", applicationUsages)
    }

    /// Whose key managers a path is about.
    private enum Scope {
        case tenant, everyTenant

        /// Throws a 403 for global ones and callers of another tenant than the super tenant.
        func tenant(of request: APIRequest) throws -> Tenant {
            guard self == .everyTenant else { return request.tenant }
            guard request.tenant.isSuper else { throw CatalogueError.globalKeyManagersAreForTheSuperTenant }
            return KeyManager.everyTenant
        }
    }

    private func list(_ request: APIRequest, _ scope: Scope) async throws -> APIResponse {
        let tenant = try scope.tenant(of: request)
        let found = try await scope == .tenant ? managers.list(tenant) : managers.globals()
        let used = try await uses.usedNames(request.tenant)
        return .ok(.list(found.map { $0.summary(isUsed: used.contains($0.name)) }))
    }

    private func create(_ request: APIRequest, _ scope: Scope) async throws -> APIResponse {
        let draft = try KeyManager(json: request.json, tenant: try scope.tenant(of: request))
        let created = try await managers.create(draft, request.changeContext)
        let path = scope == .tenant ? "key-managers" : "global-key-managers"
        return .created(created.json, location: "/\(path)/\(created.id)")
    }

    private func find(_ request: APIRequest, _ scope: Scope) async throws -> APIResponse {
        let tenant = try scope.tenant(of: request)
        return .ok(try await managers.find(id: request.pathParameter("keyManagerId"), in: tenant).json)
    }

    private func update(_ request: APIRequest, _ scope: Scope) async throws -> APIResponse {
        let draft = try KeyManager(json: request.json, tenant: try scope.tenant(of: request))
        let id = request.pathParameter("keyManagerId")
        return .ok(try await managers.update(id: id, to: draft, request.changeContext).json)
    }

    private func delete(_ request: APIRequest, _ scope: Scope) async throws -> APIResponse {
        let tenant = try scope.tenant(of: request)
        try await managers.delete(
            id: request.pathParameter("keyManagerId"), from: tenant, uses: uses.deletion, request.changeContext)
        return .noContent
    }

    private func discover(_ request: APIRequest) async throws -> APIResponse {
        guard let url = request.field("url"), !url.isEmpty else { throw CatalogueError.badRequest("url must not be empty") }
        let type = request.field("type") ?? ""
        guard let found = try await wellKnown.keyManager(at: url, type: type, tenant: request.tenant) else {
            return .ok(["valid": false])
        }
        return .ok(["valid": true, "value": found.json])
    }

    private func apiUsages(_ request: APIRequest) async throws -> APIResponse {
        let manager = try await managers.find(id: request.pathParameter("keyManagerId"), in: request.tenant)
        let found = try await uses.apis(manager, request.tenant)
        let page = request.page
        return .ok([
            "apiCount": JSONValue(found.count),
            "apis": .array(found.dropFirst(page.offset).prefix(page.limit).map(\.json)),
        ])
    }

    private func applicationUsages(_ request: APIRequest) async throws -> APIResponse {
        let manager = try await managers.find(id: request.pathParameter("keyManagerId"), in: request.tenant)
        let found = try await uses.applications(manager, request.tenant)
        let page = request.page
        let shown = found.dropFirst(page.offset).prefix(page.limit).map { application in
            [
                "name": JSONValue(application.name), "uuid": JSONValue(application.id), "owner": JSONValue(application.owner),
                "organization": JSONValue(request.tenant.domain),
            ] as JSONValue
        }
        return .ok(["applicationCount": JSONValue(found.count), "applications": .array(Array(shown))])
    }
}

extension APIRequest {
    /// A text of a form, in either encoding.
    fileprivate func field(_ name: String) -> String? {
        if case .form(let values) = body { return values[name]?.string }
        return part(name).flatMap { String(validating: $0.bytes, as: UTF8.self) }
    }
}
