import Consuming
import ContractRouter
import Documents
import Model

/// The opaque API keys of a tenant.
public struct APIKeyHandlers: Sendable {
    let keys: StoredAPIKeys

    public init(keys: StoredAPIKeys) { self.keys = keys }

    public func register(in table: inout HandlerTable) {
        table.handle(AdminHandlers.contract, "getAllAPIKeys", list)
        table.handle(AdminHandlers.contract, "revokeAPIKeyFromAdmin", revoke)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        .ok(.list(try await keys.all(request.tenant).map(Self.json)))
    }

    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        try await keys.revoke(id: request.json["keyUUID"]?.string ?? "", request.changeContext)
        return .noContent
    }

    private static func json(_ item: NamedAPIKey) -> JSONValue {
        var json: JSONValue = [
            "keyUUID": JSONValue(item.key.id), "keyName": JSONValue(item.key.name),
            "keyType": JSONValue(item.key.keyType.rawValue), "user": JSONValue(item.key.owner),
            "issuedOn": JSONValue(item.key.issuedMilliseconds), "validityPeriod": JSONValue(item.key.validitySeconds ?? -1),
        ]
        json["apiName"] = item.apiName.map { JSONValue($0) }
        json["applicationName"] = item.applicationName.map { JSONValue($0) }
        json["lastUsed"] = item.key.lastUsedMilliseconds.map { JSONValue($0) }
        return json
    }
}
