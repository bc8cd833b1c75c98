import ContractRouter
import Documents
import Model

/// Shows the applications and subscriptions that a gateway lets pass.
struct LoadedApplicationHandlers: Sendable {
    let inventory: any GatewayInventory

    func register(in table: inout HandlerTable) {
        table.handle(InspectionHandlers.contract, "getApplications", applications)
        table.handle(InspectionHandlers.contract, "getSubscriptions", subscription)
    }

    private func applications(_ request: APIRequest) async throws -> APIResponse {
        let domain = try InspectionHandlers.tenantDomain(of: request)
        let name = request.query["name"]?.string
        let id = request.query["uuid"]?.string
        let directory = LoadedApplications(try await inventory.entities([.application, .keyMapping]))
        let list = directory.applications.filter { application in
            application.tenantDomain == domain && (name == nil || application.name == name)
                && (id == nil || application.id == id)
        }.compactMap { directory.json(ofApplication: $0.id) }
        return .ok(["count": JSONValue(list.count), "list": .array(list)])
    }

    /// The contract answers one subscription, so API and application have to be named.
    private func subscription(_ request: APIRequest) async throws -> APIResponse {
        let domain = try InspectionHandlers.tenantDomain(of: request)
        guard let api = request.query["apiUUID"]?.string, let application = request.query["appUUID"]?.string, !api.isEmpty,
            !application.isEmpty
        else { throw CatalogueError.subscriptionUnnamed }
        let entities = try await inventory.entities([.api, .application, .subscription])
        let owner = LoadedApplications(entities).application(application)
        let found = entities.subscriptions.first { $0.apiID == api && $0.applicationID == application }
        guard let found, let owner, owner.tenantDomain == domain else {
            throw CatalogueError.notFound("subscription", id: "\(api), \(application)")
        }
        var json: JSONValue = [
            "policyId": JSONValue(found.policy), "appId": JSONValue(owner.number), "subscriptionState": JSONValue(found.state),
        ]
        json["subscriptionId"] = found.number.map { JSONValue($0) }
        json["apiId"] = entities.apiNumber(api).map { JSONValue($0) }
        return .ok(json)
    }
}

/// The applications of a gateway with their keys.
struct LoadedApplications {
    /// In the order of their numbers.
    let applications: [GatewayApplication]
    private let byID: [String: GatewayApplication]
    private let keys: [String: [GatewayKeyMapping]]

    init(_ entities: [GatewayEntity]) {
        applications = entities.compactMap { if case .application(let value) = $0 { value } else { nil } }
            .sorted { $0.number < $1.number }
        byID = Dictionary(applications.map { ($0.id, $0) }) { first, _ in first }
        let mappings = entities.compactMap { if case .keyMapping(let value) = $0 { value } else { nil } }
        keys = Dictionary(grouping: mappings, by: \.applicationID)
    }

    func application(_ id: String) -> GatewayApplication? { byID[id] }

    /// `nil` for an application that the gateway does not have.
    func json(ofApplication id: String) -> JSONValue? {
        guard let application = byID[id] else { return nil }
        let mappings = (keys[id] ?? []).sorted { ($0.keyType.rawValue, $0.consumerKey) < ($1.keyType.rawValue, $1.consumerKey) }
        return [
            "uuid": JSONValue(id), "id": JSONValue(application.number), "name": JSONValue(application.name),
            "subName": JSONValue(application.owner), "policy": JSONValue(application.policy), "tokenType": "JWT",
            "attributes": .object(
                JSONObject(application.attributes.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
            "keys": .array(
                mappings.map {
                    [
                        "consumerKey": JSONValue($0.consumerKey), "keyType": JSONValue($0.keyType.rawValue),
                        "keyManager": JSONValue($0.keyManager),
                    ]
                }),
        ]
    }
}

extension [GatewayEntity] {
    /// In the order of their ids.
    var subscriptions: [GatewaySubscription] {
        compactMap { if case .subscription(let value) = $0 { value } else { nil } }.sorted { $0.id < $1.id }
    }

    func apiNumber(_ id: String) -> Int? {
        lazy.compactMap { if case .api(let value) = $0, value.id == id { value.number } else { nil } }.first
    }
}
