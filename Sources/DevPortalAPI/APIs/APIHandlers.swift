import Consuming
import ContractRouter
import Documents
import Model

/// APIs as consumers find them.
struct APIHandlers: Sendable {
    let services: DevPortalServices

    func register(in operations: inout DevPortalOperations) {
        operations.handle("getApis", list)
        operations.handle("getApisByApiid", find)
        operations.handle("getApisByApiidSwagger", definition)
        operations.handle("getApisByApiidThumbnail", thumbnail)
        operations.handle("getTags", tags)
        operations.handle("getSearch", search)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = request.page
        let query = request.query["query"]?.string ?? ""
        let search = PublishedAPISearch(
            Self.nameSearch(query), showsAllVersions: false, limit: page.limit, offset: page.offset)
        let (apis, total) = try await services.apis.list(search, tenant: request.tenant, viewer: request.principal)
        return .list(apis.map(\.infoJSON), total: total, of: request)
    }

    /// In this list a search of the content means the name.
    private static func nameSearch(_ query: String) -> String {
        query.hasPrefix("content:") ? "name:" + query.dropFirst("content:".count) : query
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let (api, deployments) = try await services.apis.find(
            id: request.pathParameter("apiId"), tenant: request.tenant, viewer: request.principal)
        let policies = try await services.policies.list(
            .subscription, tenant: request.tenant, principal: request.principal)
        let addresses = GatewayAddresses(
            environments: try await services.environments(request.tenant), deployments: deployments)
        return .ok(api.json(addresses: addresses, plans: policies), version: api.rowVersion)
    }

    private func definition(_ request: APIRequest) async throws -> APIResponse {
        let (api, text, deployments) = try await services.apis.definition(
            id: request.pathParameter("apiId"), tenant: request.tenant, viewer: request.principal)
        let addresses = GatewayAddresses(
            environments: try await services.environments(request.tenant), deployments: deployments)
        let environment = request.query["environmentName"]?.string
        if let environment, !addresses.contains(environment) {
            throw CatalogueError.badRequest("The API is not deployed to the environment '\(environment)'")
        }
        let definition = try ConsumerDefinition(
            text, of: api, servers: addresses.urls(of: api, in: environment),
            authorizationURL: request.baseURL + "/oauth2/authorize")
        return APIResponse(
            body: .bytes(definition.json.serialized(), contentType: "application/json"), version: api.rowVersion)
    }

    private func thumbnail(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.apis.thumbnail(
            id: request.pathParameter("apiId"), tenant: request.tenant, viewer: request.principal)
        guard let found else { throw CatalogueError.notFound("Thumbnail", id: request.pathParameter("apiId")) }
        return .bytes(found.bytes, contentType: found.mediaType)
    }

    private func tags(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.apis.tags(tenant: request.tenant, viewer: request.principal)
        let page = request.page
        let items = found.dropFirst(page.offset).prefix(page.limit)
            .map { ["value": JSONValue($0.value), "count": JSONValue($0.count)] as JSONValue }
        return .list(items, total: found.count, of: request)
    }

    /// Words without a key search the content.
    private func search(_ request: APIRequest) async throws -> APIResponse {
        let page = request.page
        let search = PublishedAPISearch(
            request.query["query"]?.string ?? "", defaultKey: "content", limit: page.limit, offset: page.offset)
        let (apis, total) = try await services.apis.list(search, tenant: request.tenant, viewer: request.principal)
        return .list(apis.map(\.searchJSON), total: total, of: request)
    }
}
