import Documents
import Model

/// Brings an OpenAPI definition in line with its API: title, version, operations and scopes.
public struct OpenAPIWriter {
    private let name: String
    private let version: String
    private let description: String
    private let operations: [JSONValue]
    private let scopes: [PublishedScope]

    /// The API that definitions are made for; `operations` have the form of the publisher's contract.
    public init(name: String, version: String, description: String, operations: [JSONValue], scopes: [PublishedScope]) {
        self.name = name
        self.version = version
        self.description = description
        self.operations = operations
        self.scopes = scopes
    }

    /// The definition as JSON text, made from `existing`, or new in `format` when there is none. Operations that the API does not have are
    /// removed, missing ones added with an answer 200.
    public func definition(from existing: JSONValue?, format: OpenAPIFormat) throws -> String {
        var document = existing ?? skeleton(format)
        let isV2 = document["swagger"] != nil
        var info = document["info"] ?? [:]
        info["title"] = JSONValue(name)
        info["version"] = JSONValue(version)
        document["info"] = info
        document["paths"] = .object(paths(document["paths"]?.object ?? JSONObject()))
        writeScopes(into: &document, isV2: isV2)
        return document.prettyPrinted()
    }

    private func skeleton(_ format: OpenAPIFormat) -> JSONValue {
        var document: JSONValue = [format == .v2 ? "swagger" : "openapi": JSONValue(format.newVersion)]
        document["info"] = ["title": JSONValue(name), "version": JSONValue(version)]
        if !description.isEmpty { document["info"]?["description"] = JSONValue(description) }
        if format == .v2 { document["produces"] = ["application/json"] } else { document["servers"] = [["url": "/"]] }
        return document
    }

    private func paths(_ existing: JSONObject) -> JSONObject {
        var paths = JSONObject()
        let verbs = Dictionary(grouping: operations) { $0["target"]?.string ?? "" }
        for (path, item) in existing where path.hasPrefix("x-") || verbs[path] != nil {
            paths[path] = without(item, verbsOtherThan: verbs[path] ?? [])
        }
        for operation in operations {
            guard let target = operation["target"]?.string, let verb = operation["verb"]?.string?.lowercased() else { continue }
            var item = paths[target] ?? [:]
            // A path behind a reference stays as it is: its operations lie elsewhere in the document.
            if item["$ref"] == nil { item[verb] = written(operation, into: item[verb], target) }
            paths[target] = item
        }
        return paths
    }

    private func without(_ item: JSONValue, verbsOtherThan operations: [JSONValue]) -> JSONValue {
        var item = item
        let kept = Set(operations.compactMap { $0["verb"]?.string?.lowercased() })
        for verb in DefinitionCheck.verbs where !kept.contains(verb) { item[verb] = nil }
        return item
    }

    private func written(_ operation: JSONValue, into existing: JSONValue?, _ target: String) -> JSONValue {
        var members = existing ?? ["responses": ["200": ["description": "ok"]], "parameters": parameters(of: target)]
        let scopes = operation["scopes"]?.strings ?? []
        let foreign = (members["security"]?.array ?? []).filter { $0[OpenAPIScopes.scheme] == nil }
        members["security"] = .array([[OpenAPIScopes.scheme: JSONValue(scopes)]] + foreign)
        members["x-scope"] = nil
        members["x-auth-type"] = operation["authType"]
        members["x-throttling-tier"] = operation["throttlingPolicy"]
        return members
    }

    /// The variables of a path template as path parameters.
    private func parameters(of target: String) -> JSONValue {
        var parameters: [JSONValue] = []
        for part in target.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: "}") else { continue }
            let name = part[..<end].drop { $0 == "+" }
            parameters.append(
                ["name": JSONValue(String(name)), "in": "path", "required": true, "schema": ["type": "string"]])
        }
        return .array(parameters)
    }

    private func writeScopes(into document: inout JSONValue, isV2: Bool) {
        var flow: JSONValue = ["authorizationUrl": "https://test.com"]
        flow["scopes"] = .object(JSONObject(scopes.map { ($0.name, JSONValue($0.description)) }))
        flow["x-scopes-bindings"] = .object(
            JSONObject(scopes.map { ($0.name, JSONValue($0.roles.joined(separator: ","))) }))
        if isV2 {
            flow["type"] = "oauth2"
            flow["flow"] = "implicit"
            var definitions = document["securityDefinitions"] ?? [:]
            definitions[OpenAPIScopes.scheme] = flow
            document["securityDefinitions"] = definitions
        } else {
            var components = document["components"] ?? [:]
            var schemes = components["securitySchemes"] ?? [:]
            schemes[OpenAPIScopes.scheme] = ["type": "oauth2", "flows": ["implicit": flow]]
            components["securitySchemes"] = schemes
            document["components"] = components
        }
        document["x-wso2-security"] = nil
    }
}
