import Consuming
import Documents
import Model

/// Keys and tokens as the contract shows them.
extension ApplicationKey {
    func json(state: String) -> JSONValue {
        var json: JSONValue = [
            "keyMappingId": JSONValue(mapping.id), "keyManager": JSONValue(mapping.keyManager),
            "consumerKey": JSONValue(mapping.consumerKey), "keyState": JSONValue(state),
            "keyType": JSONValue(mapping.keyType.rawValue), "mode": JSONValue(mapping.mode.rawValue),
            "supportedGrantTypes": JSONValue(grantTypes), "callbackUrl": JSONValue(callback),
        ]
        json["consumerSecret"] = secret.map { JSONValue($0) }
        json["additionalProperties"] = properties
        json["token"] = token.map(\.json)
        return json
    }
}

extension IssuedToken {
    var json: JSONValue {
        [
            "accessToken": JSONValue(accessToken), "tokenScopes": JSONValue(scopes), "validityTime": JSONValue(expiresIn),
        ]
    }
}
