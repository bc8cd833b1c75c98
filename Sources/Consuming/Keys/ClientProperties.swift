import Documents
import Model

/// The `additionalProperties` of keys: the attributes of a client under the names of the REST API.
public enum ClientProperties {
    private static let notSet = "N/A"

    /// Reads an object, or the text of one. Unknown members are ignored. Throws 901410 for values out of range.
    public static func attributes(_ properties: JSONValue?) throws -> OAuthClientAttributes {
        let json = try object(properties)
        return OAuthClientAttributes(
            applicationTokenSeconds: try lifetime("application_access_token_expiry_time", in: json),
            userTokenSeconds: try lifetime("user_access_token_expiry_time", in: json),
            refreshTokenSeconds: try lifetime("refresh_token_expiry_time", in: json),
            idTokenSeconds: try lifetime("id_token_expiry_time", in: json),
            requiresPKCE: try flag("pkceMandatory", in: json), allowsPlainPKCE: try flag("pkceSupportPlain", in: json),
            isPublic: try flag("bypassClientCredentials", in: json),
            applicationScopes: json["application_scopes"]?.strings ?? [])
    }

    public static func json(_ attributes: OAuthClientAttributes) -> JSONValue {
        [
            "application_access_token_expiry_time": text(attributes.applicationTokenSeconds),
            "user_access_token_expiry_time": text(attributes.userTokenSeconds),
            "refresh_token_expiry_time": text(attributes.refreshTokenSeconds),
            "id_token_expiry_time": text(attributes.idTokenSeconds), "pkceMandatory": JSONValue(attributes.requiresPKCE),
            "pkceSupportPlain": JSONValue(attributes.allowsPlainPKCE),
            "bypassClientCredentials": JSONValue(attributes.isPublic),
            "application_scopes": JSONValue(attributes.applicationScopes),
        ]
    }

    /// Seconds as clients write them: a number, or its text; negative never expires. `nil` when absent or empty.
    public static func validity(_ value: JSONValue?) throws -> Int? {
        guard let value, !value.isNull, value.string != "" else { return nil }
        guard let seconds = value.int ?? value.string.flatMap(Int.init) else {
            throw CatalogueError.invalidApplicationProperties("validityTime must be a number of seconds")
        }
        return seconds
    }

    /// The properties as an object, whether they came as one or as its text.
    public static func object(_ properties: JSONValue?) throws -> JSONValue {
        guard let text = properties?.string else { return properties ?? [:] }
        if text.isEmpty { return [:] }
        guard let parsed = try? JSONValue.parse(text), parsed.object != nil else {
            throw CatalogueError.invalidApplicationProperties("additionalProperties must be an object or the text of one")
        }
        return parsed
    }

    private static func lifetime(_ name: String, in json: JSONValue) throws -> Int? {
        guard let value = json[name], !value.isNull, value.string != notSet, value.string != "" else { return nil }
        guard let seconds = value.int ?? value.string.flatMap(Int.init), seconds >= 0 else {
            throw CatalogueError.invalidApplicationProperties("\(name) must be a number of seconds, or N/A")
        }
        return seconds
    }

    private static func flag(_ name: String, in json: JSONValue) throws -> Bool {
        switch json[name] {
        case nil, .null?, .string("")?, .string("false")?: return false
        case .string("true")?: return true
        case .bool(let value)?: return value
        default: throw CatalogueError.invalidApplicationProperties("\(name) must be true or false")
        }
    }

    private static func text(_ seconds: Int?) -> JSONValue { JSONValue(seconds.map(String.init) ?? notSet) }
}
