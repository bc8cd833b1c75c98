import Documents
import Model

/// Reads the operations of an OpenAPI document.
struct OpenAPIOperations {
    let document: JSONValue
    let format: OpenAPIFormat

    /// References to references beyond this are a cycle or an attack.
    private static let maximumReferences = 20

    /// Every operation in the order of the document. Throws 900754 for a path or operation that is none.
    func operations() throws -> [JSONValue] {
        var found: [JSONValue] = []
        for (path, value) in document["paths"]?.object ?? JSONObject() where !path.hasPrefix("x-") {
            guard path.hasPrefix("/") else {
                throw CatalogueError.definitionInvalid("the path '\(path)' does not begin with '/'")
            }
            let item = try resolved(value, at: path)
            guard item.object != nil else { throw CatalogueError.definitionInvalid("the path '\(path)' is not an object") }
            for verb in DefinitionCheck.verbs {
                guard let operation = item[verb] else { continue }
                guard operation.object != nil else {
                    throw CatalogueError.definitionInvalid("\(verb) of the path '\(path)' is not an object")
                }
                found.append(self.operation(operation, verb: verb, path: path))
            }
        }
        return found
    }

    /// The path item behind references within the document.
    private func resolved(_ value: JSONValue, at path: String) throws -> JSONValue {
        var value = value
        for _ in 0..<Self.maximumReferences {
            guard let reference = value["$ref"]?.string else { return value }
            guard reference.hasPrefix("#"), let pointer = JSONPointer(reference), let target = document[pointer] else {
                throw CatalogueError.definitionInvalid(
                    "the path '\(path)' refers to '\(reference)', which is not in the document")
            }
            value = target
        }
        throw CatalogueError.definitionInvalid("the references of the path '\(path)' form a cycle")
    }

    private func operation(_ operation: JSONValue, verb: String, path: String) -> JSONValue {
        let isOpen = operation["x-wso2-disable-security"]?.bool ?? document["x-wso2-disable-security"]?.bool ?? false
        var members: JSONValue = [
            "target": JSONValue(path), "verb": JSONValue(verb.uppercased()),
            "authType": JSONValue(isOpen ? "None" : operation["x-auth-type"]?.string ?? "Application & Application User"),
            "throttlingPolicy": JSONValue(operation["x-throttling-tier"]?.string ?? "Unlimited"),
            "scopes": JSONValue(OpenAPIScopes.used(by: operation, of: document)),
        ]
        members["amznResourceName"] = operation["x-amzn-resource-name"]?.string.map { JSONValue($0) }
        members["amznResourceTimeout"] = operation["x-amzn-resource-timeout"]?.int.map { JSONValue($0) }
        members["amznResourceContentEncode"] = operation["x-amzn-resource-content-encode"]?.bool.map { JSONValue($0) }
        return members
    }
}
