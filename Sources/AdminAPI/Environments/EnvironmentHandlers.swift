import ContractRouter
import Documents
import Model
import Operating

/// Gateway environments.
struct EnvironmentHandlers: Sendable {
    let environments: Environments

    func register(in table: inout HandlerTable) {
        let contract = AdminHandlers.contract
        table.handle(contract, "getEnvironments", list)
        table.handle(contract, "postEnvironments", create)
        table.handle(contract, "getEnvironmentsByEnvironmentid", find)
        table.handle(contract, "putEnvironmentsByEnvironmentid", update)
        table.handle(contract, "deleteEnvironmentsByEnvironmentid", delete)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        .ok(.list(try await environments.list(tenant: request.tenant).map(\.json)))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let created = try await environments.create(GatewayEnvironment(json: request.json), request.changeContext)
        return .created(created.json, location: "/environments/\(created.id)")
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        .ok(try await environments.find(id: request.pathParameter("environmentId"), tenant: request.tenant).json)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let draft = GatewayEnvironment(json: request.json)
        let id = request.pathParameter("environmentId")
        return .ok(try await environments.update(id: id, to: draft, request.changeContext).json)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await environments.delete(id: request.pathParameter("environmentId"), request.changeContext)
        return .noContent
    }
}
