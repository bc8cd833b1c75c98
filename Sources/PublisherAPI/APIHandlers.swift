import ContractRouter
import Definitions
import Documents
import Model
import Publishing

/// Finding, making, changing and deleting APIs.
struct APIHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAllAPIs", list)
        table.publisher("createAPI", create)
        table.publisher("getAPI", read)
        table.publisher("updateAPI", update)
        table.publisher("deleteAPI", delete)
        table.publisher("createNewAPIVersion", copy)
        table.publisher("validateAPI", validate)
        table.publisher("getAPIResourcePaths", resourcePaths)
        table.publisher("generateInternalAPIKey", generateKey)
        table.publisher("search", search)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.apis.list(
            request.queryText("query"), limit: request.page.limit, offset: request.page.offset, for: request.caller())
        return .list(found.apis.map(APIJSON.info), total: found.total, of: request)
    }

    private func search(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.apis.search(
            request.queryText("query"), limit: request.page.limit, offset: request.page.offset, for: request.caller())
        return .list(found.apis.map(APIJSON.searchResult), total: found.total, of: request)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let format = OpenAPIFormat(rawValue: request.queryText("openAPIVersion").replacing(".", with: "")) ?? .v3
        let api = try await services.apis.create(
            request.json.object ?? JSONObject(), format: format, by: caller, request.change(by: caller))
        return .created(APIJSON.full(api), location: "/apis/\(api.id)", version: api.rowVersion)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let api = try await services.apis.api(request.pathParameter("apiId"), for: request.caller())
        return .ok(APIJSON.full(api), version: api.rowVersion)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let api = try await services.apis.update(
            request.pathParameter("apiId"), to: request.json.object ?? JSONObject(), expects: request.ifMatch, by: caller,
            request.change(by: caller))
        return .ok(APIJSON.full(api), version: api.rowVersion)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.apis.delete(
            request.pathParameter("apiId"), expects: request.ifMatch, by: caller, request.change(by: caller))
        return .noContent
    }

    private func copy(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let api = try await services.apis.copy(
            request.queryText("apiId"), asVersion: request.queryText("newVersion"),
            isDefault: request.query["defaultVersion"]?.bool ?? false, by: caller, request.change(by: caller))
        return .created(APIJSON.full(api), location: "/apis/\(api.id)", version: api.rowVersion)
    }

    /// 200 when an API of that name exists, 404 when the name is free; anything but names counts as free.
    private func validate(_ request: APIRequest) async throws -> APIResponse {
        let query = request.queryText("query")
        guard !query.isEmpty else { throw CatalogueError.badRequest("query: a name is expected") }
        let caller = try request.caller()
        let name = query.hasPrefix("name:") ? String(query.dropFirst(5)) : query
        guard name == query ? !query.contains(":") : true, try await services.apis.nameExists(name, in: caller.tenant) else {
            throw CatalogueError.notFound("API", id: name)
        }
        return .noContent
    }

    private func resourcePaths(_ request: APIRequest) async throws -> APIResponse {
        let resources = try await services.apis.resources(ofAPI: request.pathParameter("apiId"), for: request.caller())
        let items = resources.enumerated().map { index, resource -> JSONValue in
            [
                "id": JSONValue(index + 1), "resourcePath": JSONValue(resource.target), "httpVerb": JSONValue(resource.verb),
            ]
        }
        let page = request.page
        return .list(Array(items.dropFirst(page.offset).prefix(page.limit)), total: items.count, of: request)
    }

    private func generateKey(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let key = try await services.apis.internalKey(
            forAPI: request.pathParameter("apiId"), for: caller, request.change(by: caller))
        return .ok(["apikey": JSONValue(key.token), "validityTime": JSONValue(key.validitySeconds)])
    }
}
