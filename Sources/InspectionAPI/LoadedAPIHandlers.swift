import ContractRouter
import Documents
import Model

/// Shows the APIs that a gateway serves.
struct LoadedAPIHandlers: Sendable {
    let inventory: any GatewayInventory

    func register(in table: inout HandlerTable) {
        table.handle(InspectionHandlers.contract, "getApis", list)
        table.handle(InspectionHandlers.contract, "getApisByApiid", find)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let domain = try InspectionHandlers.tenantDomain(of: request)
        let context = request.query["context"]?.string
        let version = request.query["version"]?.string
        let found = try await inventory.apis(of: domain).filter { api in
            (version == nil || api.version == version) && (context == nil || api.isServed(below: context ?? ""))
        }
        // Several environments of one gateway serve the same API.
        var seen: Set<String> = []
        let list = found.filter { seen.insert($0.id).inserted }.map(\.summary)
        return .ok(["count": JSONValue(list.count), "list": .array(list)])
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let domain = try InspectionHandlers.tenantDomain(of: request)
        let id = request.pathParameter("apiId")
        guard let api = try await inventory.apis(of: domain).first(where: { $0.id == id }) else {
            throw CatalogueError.notFound("API", id: id)
        }
        let entities = try await inventory.entities([.subscription, .application, .keyMapping])
        let directory = LoadedApplications(entities)
        var json = api.summary
        json["urlMappings"] = .array(api.operations.map(\.mapping))
        // The name is misspelt in the contract that clients know.
        json["subscripitons"] = .array(
            entities.subscriptions.filter { $0.apiID == id }.map { subscription in
                var json: JSONValue = [
                    "subscriptionUUID": JSONValue(subscription.id), "subscriptionPolicy": JSONValue(subscription.policy),
                    "status": JSONValue(subscription.state),
                ]
                if let application = directory.json(ofApplication: subscription.applicationID) {
                    json["application"] = application
                }
                return json
            })
        return .ok(json)
    }
}

extension GatewayAPI {
    /// Whether a context, with or without the version, is that of the API.
    fileprivate func isServed(below context: String) -> Bool {
        self.context == context || self.context == "\(context)/\(version)" || defaultContext == context
    }

    fileprivate var summary: JSONValue {
        var json: JSONValue = [
            "apiUUID": JSONValue(id), "apiId": JSONValue(number), "provider": JSONValue(provider), "name": JSONValue(name),
            "version": JSONValue(version), "context": JSONValue(context), "apiType": JSONValue(type),
            "isDefaultVersion": JSONValue(defaultContext != nil), "status": JSONValue(lifecycleState),
        ]
        if let policy { json["policy"] = JSONValue(policy) }
        return json
    }
}

extension GatewayOperation {
    fileprivate var mapping: JSONValue {
        [
            "authScheme": JSONValue(authType), "throttlingPolicy": JSONValue(policy), "httpMethod": JSONValue(verb),
            "urlPattern": JSONValue(target), "scopes": JSONValue(scopes),
        ]
    }
}
