import Consuming
import Documents
import Model

/// The definition of an API for those who call it: with the gateways' addresses and the credentials that these accept, without what
/// only the platform needs.
struct ConsumerDefinition {
    let json: JSONValue

    /// - Parameter servers: base addresses, the preferred one first.
    init(_ text: String, of api: PublishedAPI, servers: [String], authorizationURL: String) throws {
        var json = Self.withoutManagementMembers(try JSONValue.parse(text))
        let schemes = SecuritySchemes(api: api, authorizationURL: authorizationURL)
        if json["swagger"] != nil {
            Self.locate(&json, at: servers)
            json["securityDefinitions"] = schemes.version2
        } else {
            json["servers"] = .array(servers.map { ["url": JSONValue($0)] })
            var components = json["components"] ?? [:]
            components["securitySchemes"] = schemes.version3
            json["components"] = components
        }
        json["security"] = .array(schemes.names.map { .object(JSONObject([($0, [])])) })
        self.json = json
    }

    /// OpenAPI 2 has one host and one base path for all addresses.
    private static func locate(_ json: inout JSONValue, at servers: [String]) {
        guard let first = servers.first, let separator = first.firstRange(of: "://") else { return }
        let rest = first[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        json["host"] = JSONValue(String(rest[..<slash]))
        json["basePath"] = JSONValue(String(rest[slash...]))
        json["schemes"] = JSONValue([String(first[..<separator.lowerBound])])
    }

    /// Removes extensions of the management of APIs from the document, its paths and their operations.
    private static func withoutManagementMembers(_ document: JSONValue) -> JSONValue {
        var document = stripped(document)
        guard let paths = document["paths"]?.object else { return document }
        document["paths"] = .object(
            JSONObject(
                paths.map { path, item in
                    guard let members = stripped(item).object else { return (path, item) }
                    return (path, .object(JSONObject(members.map { ($0.name, stripped($0.value)) })))
                }))
        return document
    }

    private static func stripped(_ value: JSONValue) -> JSONValue {
        guard let members = value.object else { return value }
        return .object(JSONObject(members.filter { !isManagement($0.name) }.map { ($0.name, $0.value) }))
    }

    private static func isManagement(_ name: String) -> Bool {
        name.hasPrefix("x-wso2-") || ["x-auth-type", "x-throttling-tier", "x-mediation-script", "x-scope"].contains(name)
    }
}

/// How callers of an API may prove who they are, as a definition says it.
private struct SecuritySchemes {
    private let api: PublishedAPI
    private let authorizationURL: String

    init(api: PublishedAPI, authorizationURL: String) {
        self.api = api
        self.authorizationURL = authorizationURL
    }

    /// In the order in which they are shown.
    var names: [String] {
        [("oauth2", "default"), ("basic_auth", "basic_auth"), ("api_key", "api_key")]
            .filter { api.securitySchemes.contains($0.0) }.map(\.1)
    }

    var version3: JSONValue { object { form3($0) } }
    var version2: JSONValue { object { form2($0) } }

    private func object(_ form: (String) -> JSONValue) -> JSONValue {
        .object(JSONObject(names.map { ($0, form($0)) }))
    }

    private func form3(_ name: String) -> JSONValue {
        switch name {
        case "default":
            [
                "type": "oauth2",
                "flows": ["implicit": ["authorizationUrl": JSONValue(authorizationURL), "scopes": scopes]],
            ]
        case "basic_auth": ["type": "http", "scheme": "basic"]
        default: apiKey
        }
    }

    private func form2(_ name: String) -> JSONValue {
        switch name {
        case "default":
            [
                "type": "oauth2", "flow": "implicit", "authorizationUrl": JSONValue(authorizationURL), "scopes": scopes,
            ]
        case "basic_auth": ["type": "basic"]
        default: apiKey
        }
    }

    private var apiKey: JSONValue {
        ["type": "apiKey", "in": "header", "name": JSONValue(api.document["apiKeyHeader"]?.string ?? "ApiKey")]
    }

    private var scopes: JSONValue {
        .object(
            JSONObject(
                api.scopeInfos.compactMap { info in
                    info["key"]?.string.map { ($0, JSONValue(info["description"]?.string ?? "")) }
                }))
    }
}
