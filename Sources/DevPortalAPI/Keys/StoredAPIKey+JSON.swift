import Consuming
import Documents
import Model

extension FreshAPIKey {
    /// The one answer that shows the key.
    var json: JSONValue {
        let validity = JSONValue(stored.validitySeconds ?? -1)
        return [
            "apikey": JSONValue(text), "keyName": JSONValue(stored.name), "validityTime": validity,
            "validityPeriod": validity,
        ]
    }
}

extension NamedAPIKey {
    var json: JSONValue {
        var json: JSONValue = [
            "keyUUID": JSONValue(key.id), "keyName": JSONValue(key.name), "issuedOn": JSONValue(key.issuedMilliseconds),
            "validityPeriod": JSONValue(key.validitySeconds ?? -1),
        ]
        json["lastUsed"] = key.lastUsedMilliseconds.map { JSONValue($0) }
        return json
    }

    var associationJSON: JSONValue {
        [
            "keyName": JSONValue(key.name), "apiName": JSONValue(apiName ?? ""),
            "applicationName": JSONValue(applicationName ?? ""),
        ]
    }
}

extension JSONValue {
    /// A list of keys, which has no pages.
    static func keys(_ items: [JSONValue]) -> JSONValue { ["count": JSONValue(items.count), "list": .array(items)] }
}
