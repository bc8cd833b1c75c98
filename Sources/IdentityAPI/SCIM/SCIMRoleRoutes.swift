import ContractRouter
import Documents
import Identity
import Model

/// `/scim2/v2/Roles` and `/scim2/Groups`.
struct SCIMRoleRoutes: Sendable {
    let kind: SCIMRoleKind
    let roles: RoleAdministration

    private var resource: SCIMRoleResource { SCIMRoleResource(kind: kind) }

    func register(in table: inout HandlerTable) {
        let one = kind.path + "/{id}"
        table.scim("GET", kind.path, scope: scope("view")) { [self] in try await list($0, $0.query) }
        table.scim("POST", kind.path + "/.search", scope: scope("view")) { [self] in
            try await list($0, try $0.scimBody())
        }
        table.scim("POST", kind.path, scope: scope("create")) { [self] request in
            let draft = try resource.draft(.object(try request.scimBody()))
            let details = try await roles.create(draft, context: request.tenantContext)
            return SCIMAnswer.created(resource.json(details, for: request))
        }
        table.scim("GET", one, scope: scope("view")) { [self] in SCIMAnswer.resource(try await current($0)) }
        table.scim("PUT", one, scope: scope("update")) { [self] in
            try await replace($0, with: .object(try $0.scimBody()))
        }
        table.scim("PATCH", one, scope: scope("update")) { [self] request in
            try await replace(
                request, with: try SCIMPatch(try request.scimBody()).applied(to: try await current(request)))
        }
        table.scim("DELETE", one, scope: scope("delete")) { [self] request in
            try await roles.delete(request.pathParameter("id"), context: request.tenantContext)
            return SCIMAnswer.deleted
        }
    }

    private func scope(_ verb: String) -> String { "\(kind.scopePrefix)_\(verb)" }

    private func current(_ request: APIRequest) async throws -> JSONValue {
        resource.json(try await roles.find(id: request.pathParameter("id"), of: request.tenant), for: request)
    }

    private func list(_ request: APIRequest, _ members: JSONObject) async throws -> APIResponse {
        let wanted = try SCIMListRequest(members)
        let all = try await roles.all(of: request.tenant).map { resource.json($0, for: request) }
        return SCIMAnswer.list(all.filter { SCIMRoleResource.isFound($0, by: wanted.filter) }, of: wanted)
    }

    private func replace(_ request: APIRequest, with json: JSONValue) async throws -> APIResponse {
        let details = try await roles.replace(
            request.pathParameter("id"), with: try resource.draft(json), context: request.tenantContext)
        return SCIMAnswer.resource(resource.json(details, for: request))
    }
}
