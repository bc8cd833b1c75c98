import ContractRouter
import Documents
import Identity
import Model

/// `/scim2/Users` and `/scim2/Me` (RFC 7644 §3).
struct SCIMUserRoutes: Sendable {
    let users: UserAdministration

    func register(in table: inout HandlerTable) {
        table.scim("GET", "/scim2/Users", scope: "internal_user_mgt_list") { [self] request in
            try await list(request, request.query)
        }
        table.scim("POST", "/scim2/Users/.search", scope: "internal_user_mgt_list") { [self] request in
            try await list(request, try request.scimBody())
        }
        table.scim("POST", "/scim2/Users", scope: "internal_user_mgt_create") { [self] in try await create($0) }
        resource(in: &table, "/scim2/Users/{id}", scopes: true) { $0.pathParameter("id") }
        resource(in: &table, "/scim2/Me", scopes: false) { try $0.caller().userID }
    }

    /// The operations on one user, whom `id` finds out.
    private func resource(
        in table: inout HandlerTable, _ path: String, scopes: Bool, id: @escaping @Sendable (APIRequest) throws -> String
    ) {
        let scope = { (name: String) in scopes ? name : nil }
        table.scim("GET", path, scope: scope("internal_user_mgt_view")) { [users] request in
            let details = try await users.user(id: try id(request), of: request.tenant)
            return SCIMAnswer.resource(
                try SCIMListRequest(request.query).selected(SCIMUserResource.json(details, for: request)))
        }
        table.scim("PUT", path, scope: scope("internal_user_mgt_update")) { [self] request in
            try await replace(try id(request), with: .object(try request.scimBody()), request)
        }
        table.scim("PATCH", path, scope: scope("internal_user_mgt_update")) { [self] request in
            let id = try id(request)
            let current = SCIMUserResource.json(try await users.user(id: id, of: request.tenant), for: request)
            return try await replace(id, with: try SCIMPatch(try request.scimBody()).applied(to: current), request)
        }
        table.scim("DELETE", path, scope: scope("internal_user_mgt_delete")) { [users] request in
            try await users.delete(try id(request), context: request.tenantContext)
            return SCIMAnswer.deleted
        }
    }

    private func list(_ request: APIRequest, _ members: JSONObject) async throws -> APIResponse {
        let wanted = try SCIMListRequest(members)
        if let store = wanted.store, store.uppercased() != User.primaryStore { return SCIMAnswer.list([], of: wanted) }
        if let name = wanted.filter?.equality(on: "userName") {
            let found = try await users.user(named: name, of: request.tenant)
            return SCIMAnswer.list(found.map { [SCIMUserResource.json($0, for: request)] } ?? [], of: wanted)
        }
        let all = try await users.users(of: request.tenant).map { SCIMUserResource.json($0, for: request) }
        return SCIMAnswer.list(all.filter { wanted.filter?.matches($0) ?? true }, of: wanted)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let draft = try SCIMUserResource.draft(.object(try request.scimBody()))
        let details = try await users.create(draft, context: request.tenantContext)
        return SCIMAnswer.created(SCIMUserResource.json(details, for: request))
    }

    private func replace(_ id: String, with resource: JSONValue, _ request: APIRequest) async throws -> APIResponse {
        let draft = try SCIMUserResource.draft(resource)
        let details = try await users.replace(id, with: draft, context: request.tenantContext)
        return SCIMAnswer.resource(SCIMUserResource.json(details, for: request))
    }
}

extension APIRequest {
    /// The circumstances of a change in the tenant that the request is about, whoever makes it.
    var tenantContext: ChangeContext {
        var context = changeContext
        context.tenant = tenant
        return context
    }
}
