import ContractRouter
import Documents
import Identity
import Model

/// `/api/server/v1/tenants`, for administrators of the super tenant.
struct TenantRoutes: Sendable {
    let tenants: TenantAdministration

    private static let path = "/api/server/v1/tenants"

    func register(in table: inout HandlerTable) {
        let byDomain = Self.path + "/domain/{domain}"
        route(in: &table, "POST", Self.path, "create") { [self] in try await create($0) }
        route(in: &table, "GET", Self.path, "view") { [self] in try await list($0) }
        route(in: &table, "GET", byDomain, "view") { [self] request in
            .ok(try await json(try await tenants.find(domain: request.pathParameter("domain")), request))
        }
        route(in: &table, "HEAD", byDomain, "view") { [self] request in
            _ = try await tenants.find(domain: request.pathParameter("domain"))
            return APIResponse(status: 200)
        }
        route(in: &table, "GET", Self.path + "/{id}", "view") { [self] request in
            .ok(try await json(try await tenants.find(uuid: request.pathParameter("id")), request))
        }
        route(in: &table, "GET", Self.path + "/{id}/owners", "view") { [self] request in
            let record = try await tenants.find(uuid: request.pathParameter("id"))
            return .ok(.array(try await owners(record)))
        }
        route(in: &table, "PUT", Self.path + "/{id}/lifecycle-status", "update") { [self] request in
            guard let activated = try request.tenantBody()["activated"]?.bool else {
                throw CatalogueError.badRequest("activated must be true or false")
            }
            try await tenants.setActive(activated, uuid: request.pathParameter("id"), context: request.changeContext)
            return APIResponse(status: 200)
        }
        route(in: &table, "DELETE", Self.path + "/{id}/metadata", "delete") { [self] request in
            try await tenants.delete(uuid: request.pathParameter("id"), context: request.changeContext)
            return APIResponse(status: 204)
        }
    }

    private func route(
        in table: inout HandlerTable, _ method: String, _ path: String, _ verb: String,
        _ handler: @escaping HandlerTable.Handler
    ) {
        table.route(method, path, authentication: .user(scopes: [])) { request in
            do {
                let caller = try request.caller()
                guard caller.tenant.isSuper, request.tenant.isSuper else {
                    throw CatalogueError.forbidden("Tenants are managed by the super tenant")
                }
                try request.authorizeAdministration(scope: "internal_tenant_mgt_\(verb)")
                return try await handler(request)
            } catch let error as CatalogueError {
                return Self.error(error, request)
            }
        }
    }

    /// `{"code","message","description","traceId"}`.
    private static func error(_ error: CatalogueError, _ request: APIRequest) -> APIResponse {
        APIResponse(
            status: error.status,
            body: .json([
                "code": .string("TM-\(error.code)"), "message": .string(error.message),
                "description": .string(error.description), "traceId": .string(request.requestID),
            ]))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.tenantBody()
        guard let domain = body["domain"]?.string, let owner = body["owners"]?[0], let username = owner["username"]?.string,
            let password = owner["password"]?.string
        else { throw CatalogueError.badRequest("domain and owners with username and password are needed") }
        let method = owner["provisioningMethod"]?.string ?? "inline-password"
        guard method == "inline-password" else {
            throw CatalogueError.badRequest("provisioningMethod must be inline-password")
        }
        let record = try await tenants.create(
            domain: domain, name: body["name"]?.string ?? domain,
            owner: TenantOwnerDraft(username: username, password: password, attributes: Self.attributes(owner)),
            context: request.changeContext)
        return APIResponse(status: 201, headers: [("Location", location(record, request))])
    }

    private static func attributes(_ owner: JSONValue) -> JSONObject {
        var name: JSONValue = [:]
        name["givenName"] = owner["firstname"]
        name["familyName"] = owner["lastname"]
        var attributes: JSONValue = ["name": name]
        if let email = owner["email"]?.string { attributes["emails"] = [["value": .string(email), "primary": true]] }
        return attributes.object ?? JSONObject()
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let limit = try Self.integer(request, "limit") ?? 15
        let offset = try Self.integer(request, "offset") ?? 0
        let (records, total) = try await tenants.list(domain: try Self.filter(request), limit: limit, offset: offset)
        var items: [JSONValue] = []
        for record in records { items.append(try await json(record, request)) }
        return .ok([
            "totalResults": JSONValue(total), "startIndex": JSONValue(offset + 1), "count": JSONValue(items.count),
            "links": [], "tenants": .array(items),
        ])
    }

    private static func integer(_ request: APIRequest, _ name: String) throws -> Int? {
        guard let value = request.query[name] else { return nil }
        guard let integer = value.int ?? value.string.flatMap({ Int($0) }), (0...10_000_000).contains(integer) else {
            throw CatalogueError.badRequest("\(name) must be a number that is not negative")
        }
        return integer
    }

    /// `domainName eq|co|sw|ew text`.
    private static func filter(_ request: APIRequest) throws -> DomainFilter? {
        guard let text = request.query["filter"]?.string, !text.isEmpty else { return nil }
        let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, ["domainName", "domain"].contains(parts[0]) else {
            throw CatalogueError.badRequest("filter must be: domainName eq|co|sw|ew text")
        }
        switch parts[1].lowercased() {
        case "eq": return .equals(parts[2])
        case "co": return .contains(parts[2])
        case "sw": return .startsWith(parts[2])
        case "ew": return .endsWith(parts[2])
        default: throw CatalogueError.badRequest("filter must be: domainName eq|co|sw|ew text")
        }
    }

    private func json(_ record: TenantRecord, _ request: APIRequest) async throws -> JSONValue {
        [
            "id": .string(record.uuid), "domain": .string(record.tenant.domain), "name": .string(record.name),
            "owners": .array(try await owners(record)),
            "createdDate": .string(SCIMAnswer.time(record.createdMilliseconds)),
            "lifecycleStatus": ["activated": JSONValue(record.isActive)], "region": "",
        ]
    }

    private func owners(_ record: TenantRecord) async throws -> [JSONValue] {
        guard let owner = try await tenants.owner(of: record) else { return [] }
        var json: JSONValue = ["id": .string(owner.id), "username": .string(owner.name)]
        json["email"] = owner.attributes["emails"]?[0]?["value"]
        json["firstname"] = owner.attributes["name"]?["givenName"]
        json["lastname"] = owner.attributes["name"]?["familyName"]
        return [json]
    }

    private func location(_ record: TenantRecord, _ request: APIRequest) -> String {
        "\(request.baseURL)\(Self.path)/\(record.uuid)"
    }
}

extension APIRequest {
    /// The JSON object of the body.
    fileprivate func tenantBody() throws -> JSONValue {
        guard case .json(let json) = body, json.object != nil else {
            throw CatalogueError.badRequest("The body must be a JSON object")
        }
        return json
    }
}
