import ContractRouter
import Documents
import Identity
import Model

/// Registration of the clients that tools and portals use (`client-registration-v0.17`).
struct ClientRegistrationHandlers: Sendable {
    let services: IdentityServices

    func register(in table: inout HandlerTable) {
        table.handle("client-registration-v0.17", "postRegister") { [self] in try await register($0) }
    }

    private func register(_ request: APIRequest) async throws -> APIResponse {
        let body = request.json
        let draft = ClientRegistration.Draft(
            name: body["clientName"]?.string ?? "", owner: body["owner"]?.string ?? "",
            grantTypes: (body["grantType"]?.string ?? "").split(separator: " ").map(String.init),
            callback: body["callbackUrl"]?.string ?? "", tokenType: Self.tokenType(body["tokenType"]?.string),
            servesAllTenants: body["saasApp"]?.bool ?? false)
        let registered = try await services.clientRegistration.register(
            draft, caller: try request.caller(), context: request.changeContext)
        return .ok(Self.answer(registered))
    }

    private static func tokenType(_ name: String?) -> AccessTokenType {
        ["DEFAULT", "OAUTH"].contains(name?.uppercased()) ? .opaque : .jwt
    }

    private static func answer(_ registered: OAuthClientCredentials) -> JSONValue {
        let client = registered.client
        let metadata: JSONValue = [
            "grant_types": .string(client.grantTypes.joined(separator: " ")), "redirect_uris": .string(client.callback),
            "client_name": .string(client.name),
        ]
        let owner = client.tenant.isSuper ? client.ownerName : "\(client.ownerName)@\(client.tenant.domain)"
        return [
            "clientId": .string(client.consumerKey), "clientName": .string(client.name),
            "callBackURL": .string(client.callback), "clientSecret": .string(registered.secret),
            "isSaasApplication": JSONValue(client.servesAllTenants), "appOwner": .string(owner),
            "jsonString": .string(metadata.text), "jsonAppAttribute": "{}", "applicationUUID": .null,
            "tokenType": .string(client.tokenType.rawValue),
        ]
    }
}
