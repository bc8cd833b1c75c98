import ContractRouter
import Documents
import Model

/// Shows what makes up an API on a gateway, and takes it off this gateway or puts it back.
struct ArtifactHandlers: Sendable {
    let inventory: any GatewayInventory

    func register(in table: inout HandlerTable) {
        let contract = InspectionHandlers.contract
        table.handle(contract, "getAPIArtifacts") { [self] request in
            .ok(["api": JSONValue(JSONValue.array(try await deployments(of: request).map(\.artifact)).text)])
        }
        table.handle(contract, "getEndpoints") { [self] request in
            try await texts("endpoints", request) { $0.endpointForms }
        }
        table.handle(contract, "getSequences") { [self] request in
            try await texts("sequences", request) { $0.policyForms }
        }
        table.handle(contract, "getLocalEntries") { [self] request in
            try await texts("localEntries", request) { $0.definitionForms }
        }
        table.handle(contract, "undeployAPI", undeploy)
        table.handle(contract, "redployAPI", redeploy)
    }

    private func texts(
        _ member: String, _ request: APIRequest, _ forms: (GatewayAPI) -> [JSONValue]
    ) async throws -> APIResponse {
        let texts = try await deployments(of: request).flatMap(forms).map { JSONValue($0.text) }
        return .ok([member: .array(texts)])
    }

    /// The deployments of the API that a request names. Throws a 404 when the gateway serves none.
    private func deployments(of request: APIRequest) async throws -> [GatewayAPI] {
        let (name, version) = Self.name(request)
        let domain = try InspectionHandlers.tenantDomain(of: request)
        let found = try await inventory.apis(of: domain).filter { $0.name == name && $0.version == version }
        guard !found.isEmpty else { throw CatalogueError.notServed(api: "\(name) \(version)") }
        return found
    }

    private static func name(_ request: APIRequest) -> (name: String, version: String) {
        (request.query["apiName"]?.string ?? "", request.query["version"]?.string ?? "")
    }

    private func undeploy(_ request: APIRequest) async throws -> APIResponse {
        let deployments = try await deployments(of: request)
        for api in deployments { try await inventory.withhold(GatewayEntity.api(api).key) }
        return Self.answer("UNDEPLOYED", request, "is no longer served by this gateway")
    }

    /// Also for an API that was taken off this gateway, which then is not among those that it serves.
    private func redeploy(_ request: APIRequest) async throws -> APIResponse {
        let domain = try InspectionHandlers.tenantDomain(of: request)
        let (name, version) = Self.name(request)
        let keys = try await inventory.keys(ofAPI: name, version: version, tenantDomain: domain)
        var isServed = false
        for key in keys where try await inventory.restore(key) { isServed = true }
        guard isServed else { throw CatalogueError.notServed(api: "\(name) \(version)") }
        return Self.answer("DEPLOYED", request, "is served by this gateway as it last learned it")
    }

    private static func answer(_ status: String, _ request: APIRequest, _ sentence: String) -> APIResponse {
        let (name, version) = name(request)
        let payload: JSONValue = ["message": JSONValue("\(name) \(version) \(sentence)")]
        return .ok(["deployStatus": JSONValue(status), "jsonPayload": JSONValue(payload.text)])
    }
}
