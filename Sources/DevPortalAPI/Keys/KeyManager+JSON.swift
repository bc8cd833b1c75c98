import Documents
import Identity
import Model

/// A key manager as developers see it: what they need to get tokens, and nothing of its configuration.
extension KeyManager {
    var developerJSON: JSONValue {
        var json: JSONValue = [
            "id": JSONValue(id), "name": JSONValue(name), "type": JSONValue(type), "displayName": JSONValue(displayName),
            "description": JSONValue(description), "enabled": JSONValue(isEnabled),
            "availableGrantTypes": JSONValue(grantTypes), "enableTokenGeneration": JSONValue(abilities.generatesTokens),
            "enableTokenEncryption": JSONValue(abilities.encryptsTokens),
            "enableTokenHashing": JSONValue(abilities.hashesTokens),
            "enableOAuthAppCreation": JSONValue(abilities.createsClients),
            "enableMapOAuthConsumerApps": JSONValue(abilities.mapsClients), "tokenType": JSONValue(tokenType.rawValue),
            "alias": JSONValue(alias), "additionalProperties": [:],
            "applicationConfiguration": .array((KeyManagerType.named(type)?.applicationFields ?? []).map(\.json)),
        ]
        json["tokenEndpoint"] = (self[.displayToken] ?? self[.token]).map { JSONValue($0) }
        json["revokeEndpoint"] = (self[.displayRevocation] ?? self[.revocation]).map { JSONValue($0) }
        json["userInfoEndpoint"] = self[.userInfo].map { JSONValue($0) }
        return json
    }
}
