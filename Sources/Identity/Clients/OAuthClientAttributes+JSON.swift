import Documents
import Model

/// The stored form of a client's attributes.
extension OAuthClientAttributes {
    init(json: JSONValue) {
        self.init(
            applicationTokenSeconds: json["applicationTokenSeconds"]?.int, userTokenSeconds: json["userTokenSeconds"]?.int,
            refreshTokenSeconds: json["refreshTokenSeconds"]?.int, idTokenSeconds: json["idTokenSeconds"]?.int,
            requiresPKCE: json["requiresPKCE"]?.bool ?? false, allowsPlainPKCE: json["allowsPlainPKCE"]?.bool ?? false,
            isPublic: json["isPublic"]?.bool ?? false, applicationScopes: json["applicationScopes"]?.strings ?? [])
    }

    var json: JSONValue {
        var json: JSONValue = [
            "requiresPKCE": JSONValue(requiresPKCE), "allowsPlainPKCE": JSONValue(allowsPlainPKCE),
            "isPublic": JSONValue(isPublic), "applicationScopes": JSONValue(applicationScopes),
        ]
        json["applicationTokenSeconds"] = applicationTokenSeconds.map { JSONValue($0) }
        json["userTokenSeconds"] = userTokenSeconds.map { JSONValue($0) }
        json["refreshTokenSeconds"] = refreshTokenSeconds.map { JSONValue($0) }
        json["idTokenSeconds"] = idTokenSeconds.map { JSONValue($0) }
        return json
    }
}
