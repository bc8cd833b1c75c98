import ContractRouter
import Documents
import Model
import Operating

/// Gateways, and which revision of an API each of them serves.
struct GatewayHandlers: Sendable {
    let deployments: GatewayDeployments
    let apis: any APIDirectory

    func register(in table: inout HandlerTable) {
        table.handle(MartletHandlers.contract, "getGateways", list)
        table.handle(MartletHandlers.contract, "getGatewaysOfAPI", states)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let all = try await deployments.gateways(of: request.tenant)
        return .ok(["count": JSONValue(all.count), "list": .array(all.map { json($0, for: request.tenant) })])
    }

    private func states(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter("apiId")
        try await apis.requireVisible(id, to: request.caller())
        let states = try await deployments.states(ofAPI: id, tenant: request.tenant)
        return .ok(["count": JSONValue(states.count), "list": .array(states.map(\.json))])
    }

    /// Of gateways that several tenants share, a tenant sees neither the others nor the machine.
    private func json(_ gateway: GatewayInstance, for tenant: Tenant) -> JSONValue {
        let isOwn = gateway.owner.id == tenant.id
        var json: JSONValue = [
            "gatewayId": JSONValue(gateway.id), "status": deployments.isActive(gateway) ? "ACTIVE" : "EXPIRED",
            "connected": JSONValue(gateway.isConnected), "environments": JSONValue(gateway.environments),
            "version": JSONValue(gateway.version), "startedTime": Timestamp.json(gateway.startedMilliseconds),
            "lastActive": Timestamp.json(gateway.activeMilliseconds), "sequence": JSONValue(gateway.acknowledged),
        ]
        guard isOwn else { return json }
        json["tenants"] = JSONValue(gateway.tenants)
        json["host"] = JSONValue(gateway.host)
        if let token = gateway.token { json["token"] = JSONValue(token) }
        json["failures"] = .array(
            gateway.failures.map {
                ["kind": JSONValue($0.kind), "key": JSONValue($0.key), "message": JSONValue($0.message)]
            })
        return json
    }
}

extension GatewayDeploymentState {
    fileprivate var json: JSONValue {
        var json: JSONValue = [
            "gatewayId": JSONValue(gateway), "environment": JSONValue(environment), "active": JSONValue(isActive),
            "status": JSONValue(status.rawValue),
        ]
        if let revisionID { json["revisionId"] = JSONValue(revisionID) }
        if let message { json["message"] = JSONValue(message) }
        return json
    }
}
