import ContractRouter
import Documents
import Model
import Publishing

/// API products.
struct ProductHandlers: Sendable {
    let products: ProductService

    func register(in table: inout HandlerTable) {
        table.publisher("getAllAPIProducts", list)
        table.publisher("createAPIProduct", create)
        table.publisher("getAPIProduct", read)
        table.publisher("updateAPIProduct", update)
        table.publisher("deleteAPIProduct", delete)
        table.publisher("createNewAPIProductVersion", copy)
        table.publisher("getAPIProductSwagger", definition)
        table.publisher("getIsAPIProductOutdated", isOutdated)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await products.list(
            request.queryText("query"), limit: request.page.limit, offset: request.page.offset, for: request.caller())
        return .list(found.products.map(ProductJSON.info), total: found.total, of: request)
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let product = try await products.create(
            request.json.object ?? JSONObject(), by: caller, request.change(by: caller))
        return Self.created(product)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let product = try await products.product(request.pathParameter("apiProductId"), for: request.caller())
        return .ok(ProductJSON.full(product), version: product.rowVersion)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let product = try await products.update(
            request.pathParameter("apiProductId"), to: request.json.object ?? JSONObject(), expects: request.ifMatch,
            by: caller, request.change(by: caller))
        return .ok(ProductJSON.full(product), version: product.rowVersion)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await products.delete(
            request.pathParameter("apiProductId"), expects: request.ifMatch, by: caller, request.change(by: caller))
        return .noContent
    }

    private func copy(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let product = try await products.copy(
            request.queryText("apiProductId"), asVersion: request.queryText("newVersion"),
            isDefault: request.query["defaultVersion"]?.bool ?? false, by: caller, request.change(by: caller))
        return Self.created(product)
    }

    private func definition(_ request: APIRequest) async throws -> APIResponse {
        let found = try await products.definition(of: request.pathParameter("apiProductId"), for: request.caller())
        return APIResponse(
            body: .bytes(Array(found.text.utf8), contentType: "application/json"), version: found.version)
    }

    private func isOutdated(_ request: APIRequest) async throws -> APIResponse {
        let isOutdated = try await products.isOutdated(
            request.pathParameter("apiProductId"), for: request.caller())
        return .ok(["isOutdated": JSONValue(isOutdated)])
    }

    private static func created(_ product: APIRecord) -> APIResponse {
        .created(
            ProductJSON.full(product), location: "/api-products/\(product.id)", version: product.rowVersion)
    }
}
