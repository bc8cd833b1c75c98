import Consuming
import ContractRouter
import Documents
import Model

/// OAuth2 keys of applications, by mapping id, and by key type for older clients.
struct KeyHandlers: Sendable {
    let keys: ApplicationKeys

    func register(in operations: inout DevPortalOperations) {
        operations.handle("postApplicationsByApplicationidGenerateKeys", generate)
        operations.handle("postApplicationsByApplicationidMapKeys", map)
        operations.handle("getApplicationsByApplicationidKeys", list)
        operations.handle("getApplicationsByApplicationidOauthKeys", list)
        register("KeysByKeytype", in: &operations)
        register("OauthKeysByKeymappingid", in: &operations)
        operations.handle("deleteApplicationsByApplicationidOauthKeysByKeymappingid", delete)
        for id in ["generateConsumerSecret", "getConsumerSecrets", "revokeConsumerSecret"] {
            operations.handle(id) { _ in throw CatalogueError.multipleSecretsAreOff }
        }
    }

    private func register(_ family: String, in operations: inout DevPortalOperations) {
        let suffix = "ApplicationsByApplicationid\(family)"
        operations.handle("get\(suffix)", find)
        operations.handle("put\(suffix)", update)
        operations.handle("post\(suffix)RegenerateSecret", regenerateSecret)
        operations.handle("post\(suffix)CleanUp", cleanUp)
        operations.handle("post\(suffix)GenerateToken", generateToken)
    }

    private func generate(_ request: APIRequest) async throws -> APIResponse {
        let key = try await keys.generate(
            try KeyRequest(
                json: request.json, keyType: try request.keyType,
                isResident: await keys.isResident(request.json.keyManager, tenant: try request.caller().tenant)),
            application: request.applicationID,
            principal: try request.caller(), try request.callerContext())
        return .ok(key.json(state: "APPROVED"))
    }

    private func map(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let key = try await keys.map(
            consumerKey: body["consumerKey"]?.string ?? "", secret: body["consumerSecret"]?.string ?? "",
            keyType: try request.keyType, keyManager: body.keyManager, application: request.applicationID,
            principal: try request.caller(), try request.callerContext())
        return .ok(key.json(state: "COMPLETED"))
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await keys.list(application: request.applicationID, principal: try request.caller())
        return .ok(["count": JSONValue(found.count), "list": .array(found.map { $0.json(state: "COMPLETED") })])
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        let key = try await keys.find(
            try request.keyReference, application: request.applicationID, principal: try request.caller())
        return .ok(key.json(state: "COMPLETED"))
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let reference = try request.keyReference
        let principal = try request.caller()
        let current = try await keys.find(reference, application: request.applicationID, principal: principal)
        let wanted = try KeyRequest(
            json: request.json, keyType: current.mapping.keyType, isResident: current.external == nil)
        let key = try await keys.update(
            reference, to: wanted, application: request.applicationID, principal: principal,
            try request.callerContext())
        return .ok(key.json(state: "COMPLETED"))
    }

    private func regenerateSecret(_ request: APIRequest) async throws -> APIResponse {
        let credentials = try await keys.regenerateSecret(
            try request.keyReference, application: request.applicationID, principal: try request.caller(),
            try request.callerContext())
        return .ok([
            "consumerKey": JSONValue(credentials.client.consumerKey), "consumerSecret": JSONValue(credentials.secret),
        ])
    }

    private func cleanUp(_ request: APIRequest) async throws -> APIResponse {
        try await keys.cleanUp(
            try request.keyReference, application: request.applicationID, principal: try request.caller(),
            try request.callerContext())
        return .noContent
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await keys.delete(
            try request.keyReference, application: request.applicationID, principal: try request.caller(),
            try request.callerContext())
        return .noContent
    }

    private func generateToken(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        if body["grantType"]?.string == "TOKEN_EXCHANGE" { throw CatalogueError.keyManagerCannotExchange }
        let wanted = ApplicationTokenRequest(
            scopes: body["scopes"]?.strings ?? [], validitySeconds: body["validityPeriod"]?.int,
            consumerSecret: body["consumerSecret"]?.string)
        let token = try await keys.token(
            wanted, try request.keyReference, application: request.applicationID, principal: try request.caller(),
            try request.callerContext())
        return .ok(token.json)
    }
}

extension APIRequest {
    var applicationID: String { pathParameter("applicationId") }

    /// Out of the path, or out of the body.
    var keyType: KeyType {
        get throws {
            let text = pathParameters["keyType"] ?? json["keyType"]?.string ?? ""
            guard let type = KeyType(rawValue: text) else {
                throw CatalogueError.badRequest("keyType must be PRODUCTION or SANDBOX")
            }
            return type
        }
    }

    /// By mapping id where the path has one, else by key type.
    var keyReference: KeyReference {
        get throws {
            if let id = pathParameters["keyMappingId"] { return .id(id) }
            return .type(try keyType)
        }
    }
}

extension JSONValue {
    /// The key manager's name; its absence means the resident one.
    fileprivate var keyManager: String {
        let name = self["keyManager"]?.string ?? ""
        return name.isEmpty ? GatewayKeyManager.residentName : name
    }
}

extension KeyRequest {
    /// Only the platform's own key manager knows what its properties mean.
    fileprivate init(json: JSONValue, keyType: KeyType, isResident: Bool) throws {
        let grants = json["grantTypesToBeSupported"]?.strings ?? json["supportedGrantTypes"]?.strings ?? []
        self.init(
            keyType: keyType, keyManager: json.keyManager, grantTypes: grants,
            callback: json["callbackUrl"]?.string ?? "",
            attributes: isResident ? try ClientProperties.attributes(json["additionalProperties"]) : .init(),
            properties: try ClientProperties.object(json["additionalProperties"]).object ?? JSONObject(),
            scopes: json["scopes"]?.strings ?? [], validitySeconds: try ClientProperties.validity(json["validityTime"]))
    }
}
