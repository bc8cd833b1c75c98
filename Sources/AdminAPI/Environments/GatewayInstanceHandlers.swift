import ContractRouter
import Documents
import FoundationEssentials
import Model
import Operating

/// The gateways of an environment, with their last signs of life.
struct GatewayInstanceHandlers: Sendable {
    let environments: Environments
    let gateways: GatewayDeployments

    func register(in table: inout HandlerTable) {
        table.handle(AdminHandlers.contract, "getEnvironmentsByEnvironmentidGateways", list)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let environment = try await environments.find(id: request.pathParameter("environmentId"), tenant: request.tenant)
        let found = try await gateways.gateways(of: request.tenant, environment: environment.name)
        return .ok(["count": JSONValue(found.count), "list": .array(found.map(json))])
    }

    private func json(_ gateway: GatewayInstance) -> JSONValue {
        let active = Date(timeIntervalSince1970: Double(gateway.activeMilliseconds) / 1000)
        return [
            "gatewayId": JSONValue(gateway.id),
            "lastActive": JSONValue(active.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "status": gateways.isActive(gateway) ? "ACTIVE" : "EXPIRED",
        ]
    }
}
