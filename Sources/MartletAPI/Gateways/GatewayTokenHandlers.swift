import ContractRouter
import Documents
import Model
import Operating

/// The credentials of gateways.
struct GatewayTokenHandlers: Sendable {
    let tokens: GatewayTokens
    let gateways: RemoteGateways

    func register(in table: inout HandlerTable) {
        table.handle(MartletHandlers.contract, "getGatewayTokens", list)
        table.handle(MartletHandlers.contract, "createGatewayToken", create)
        table.handle(MartletHandlers.contract, "deleteGatewayToken", revoke)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let all = try await tokens.list(tenant: request.tenant)
        return .ok(["count": JSONValue(all.count), "list": .array(all.map(\.json))])
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let (token, text) = try await tokens.create(
            name: body["name"]?.string ?? "", environments: body["environments"]?.strings ?? [],
            tenants: body["tenants"]?.strings ?? [], request.changeContext)
        var json = token.json
        json["token"] = JSONValue(text)
        return .created(json, location: "/gateway-tokens/\(token.id)")
    }

    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter("tokenId")
        try await tokens.revoke(id: id, request.changeContext)
        await gateways.endSessions(ofToken: id)
        return .noContent
    }
}

extension GatewayToken {
    fileprivate var json: JSONValue {
        var json: JSONValue = [
            "id": JSONValue(id), "name": JSONValue(name), "environments": JSONValue(environments),
            "tenants": JSONValue(tenants), "createdBy": JSONValue(createdBy),
            "createdTime": Timestamp.json(createdMilliseconds),
        ]
        if let usedMilliseconds { json["lastUsedTime"] = Timestamp.json(usedMilliseconds) }
        return json
    }
}
