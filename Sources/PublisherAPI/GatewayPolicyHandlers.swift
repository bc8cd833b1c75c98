import ContractRouter
import Documents
import Model
import Publishing

/// Policies that gateways apply to all APIs.
struct GatewayPolicyHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAllGatewayPolicies", list)
        table.publisher("addGatewayPoliciesToFlows", add)
        table.publisher("getGatewayPolicyMappingContentByPolicyMappingId", read)
        table.publisher("updateGatewayPoliciesToFlows", update)
        table.publisher("deleteGatewayPolicyByPolicyId", delete)
        table.publisher("engageGlobalPolicy", deploy)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = request.page
        // Clients search for `name:…`; the name is all that can be searched for.
        let query = request.queryText("query")
        let found = try await services.gatewayPolicies.list(
            named: query.hasPrefix("name:") ? String(query.dropFirst(5)) : query, limit: page.limit, offset: page.offset,
            for: request.caller())
        return .list(
            found.mappings.map { mapping in
                var json = Self.summary(mapping)
                json["appliedGatewayLabels"] = JSONValue(mapping.environments)
                return json
            }, total: found.total, of: request)
    }

    private func add(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let added = try await services.gatewayPolicies.add(
            displayName: request.json["displayName"]?.string ?? "", description: request.json["description"]?.string ?? "",
            flows: request.json["policyMapping"] ?? [:], by: caller, request.change(by: caller))
        return .created(Self.summary(added), location: "/gateway-policies/\(added.id)")
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        .ok(Self.json(try await services.gatewayPolicies.mapping(Self.id(of: request), for: request.caller())))
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let updated = try await services.gatewayPolicies.update(
            Self.id(of: request), displayName: request.json["displayName"]?.string ?? "",
            description: request.json["description"]?.string ?? "", flows: request.json["policyMapping"] ?? [:], by: caller,
            request.change(by: caller))
        return .ok(Self.json(updated))
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.gatewayPolicies.delete(Self.id(of: request), by: caller, request.change(by: caller))
        return .noContent
    }

    private func deploy(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let wishes = (request.json.array ?? []).map { wish in
            (environment: wish["gatewayLabel"]?.string ?? "", isDeployed: wish["gatewayDeployment"]?.bool ?? false)
        }
        let mapping = try await services.gatewayPolicies.deploy(
            Self.id(of: request), wishes, by: caller, request.change(by: caller))
        return .ok(
            .array(
                wishes.map { wish in
                    [
                        "gatewayLabel": JSONValue(wish.environment),
                        "gatewayDeployment": JSONValue(mapping.environments.contains(wish.environment)),
                        "mappingUUID": JSONValue(mapping.id),
                    ]
                }))
    }

    private static func id(of request: APIRequest) -> String { request.pathParameter("gatewayPolicyMappingId") }

    private static func summary(_ mapping: GatewayPolicyMapping) -> JSONValue {
        [
            "id": JSONValue(mapping.id), "displayName": JSONValue(mapping.displayName),
            "description": JSONValue(mapping.description),
        ]
    }

    private static func json(_ mapping: GatewayPolicyMapping) -> JSONValue {
        var json = summary(mapping)
        json["policyMapping"] = mapping.flows
        json["appliedGatewayLabels"] = JSONValue(mapping.environments)
        return json
    }
}
