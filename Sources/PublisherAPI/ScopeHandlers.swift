import ContractRouter
import Documents
import Model
import Publishing

/// Shared scopes.
struct ScopeHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getSharedScopes", list)
        table.publisher("addSharedScope", create)
        table.publisher("getSharedScope", read)
        table.publisher("updateSharedScope", update)
        table.publisher("deleteSharedScope", delete)
        table.publisher("validateScope", validate)
        table.publisher("getSharedScopeUsages", usages)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.sharedScopes.list(
            limit: request.page.limit, offset: request.page.offset, of: request.caller().tenant)
        return .list(found.scopes.map(Self.json), total: found.total, of: request)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let shared = try await services.sharedScopes.create(Self.scope(request.json), request.change(by: caller))
        return .created(Self.json(shared), location: "/scopes/\(shared.id)")
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        .ok(Self.json(try await services.sharedScopes.scope(request.pathParameter("scopeId"), of: request.caller().tenant)))
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let shared = try await services.sharedScopes.update(
            request.pathParameter("scopeId"), to: Self.scope(request.json), request.change(by: caller))
        return .ok(Self.json(shared))
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.sharedScopes.delete(request.pathParameter("scopeId"), request.change(by: caller))
        return .noContent
    }

    /// The path carries the name, base64-coded.
    private func validate(_ request: APIRequest) async throws -> APIResponse {
        let given = request.pathParameter("scopeId")
        guard let name = Base64Text.decoded(given),
            try await services.sharedScopes.exists(name, in: request.caller().tenant)
        else { throw CatalogueError.notFound("scope", id: given) }
        return .noContent
    }

    private func usages(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.sharedScopes.users(of: request.pathParameter("scopeId"), in: request.caller().tenant)
        let name = found.scope.scope.name
        return .ok([
            "id": JSONValue(found.scope.id), "name": JSONValue(name),
            "usedApiList": .array(found.apis.map { Self.usage(of: name, by: $0) }),
        ])
    }

    private static func usage(of scope: String, by api: APIRecord) -> JSONValue {
        let resources = api.operations.filter { $0["scopes"]?.strings?.contains(scope) ?? false }
        return [
            "name": JSONValue(api.name), "context": JSONValue(api.contextTemplate.displayed),
            "version": JSONValue(api.version), "provider": JSONValue(api.provider),
            "usedResourceList": .array(
                resources.map { ["target": $0["target"] ?? "", "verb": $0["verb"] ?? ""] }),
        ]
    }

    private static func scope(_ json: JSONValue) -> PublishedScope {
        PublishedScope(
            name: json["name"]?.string ?? "", displayName: json["displayName"]?.string ?? "",
            description: json["description"]?.string ?? "", roles: json["bindings"]?.strings ?? [])
    }

    private static func json(_ shared: SharedScope) -> JSONValue {
        [
            "id": JSONValue(shared.id), "name": JSONValue(shared.scope.name),
            "displayName": JSONValue(shared.scope.displayName), "description": JSONValue(shared.scope.description),
            "bindings": JSONValue(shared.scope.roles), "usageCount": JSONValue(shared.usageCount),
        ]
    }
}
