import Documents
import Model

/// Where OpenAPI documents keep the scopes of an API (`docs/openapi-extensions.md`).
enum OpenAPIScopes {
    /// Name of the security scheme that holds the scopes.
    static let scheme = "default"

    /// All scopes that the document defines, from the security scheme and from the older extension.
    static func read(_ document: JSONValue, _ format: OpenAPIFormat) -> [PublishedScope] {
        let schemes = format == .v2 ? document["securityDefinitions"] : document["components"]?["securitySchemes"]
        let flow = format == .v2 ? schemes?[scheme] : schemes?[scheme]?["flows"]?["implicit"]
        let bindings = flow?["x-scopes-bindings"]
        var scopes = (flow?["scopes"]?.object ?? JSONObject()).map { name, description in
            PublishedScope(
                name: name, displayName: name, description: description.string ?? "", roles: roles(bindings?[name]))
        }
        let known = Set(scopes.map(\.name))
        for entry in document["x-wso2-security"]?["apim"]?["x-wso2-scopes"]?.array ?? [] {
            guard let key = entry["key"]?.string, !key.isEmpty, !known.contains(key) else { continue }
            scopes.append(
                PublishedScope(
                    name: key, displayName: entry["name"]?.string ?? key, description: entry["description"]?.string ?? "",
                    roles: roles(entry["roles"])))
        }
        return scopes
    }

    /// The scopes of one operation, of which a token needs one.
    static func used(by operation: JSONValue, of document: JSONValue) -> [String] {
        if let legacy = operation["x-scope"]?.string, !legacy.isEmpty { return [legacy] }
        let requirements = operation["security"]?.array ?? document["security"]?.array ?? []
        return requirements.compactMap { $0[scheme]?.strings }.flatMap { $0 }
    }

    private static func roles(_ value: JSONValue?) -> [String] {
        (value?.string ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
}
