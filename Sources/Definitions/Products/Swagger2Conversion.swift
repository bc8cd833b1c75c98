import Documents

/// A Swagger 2.0 document as an OpenAPI 3.0 one, as far as operations and what they refer to go: parameters, bodies, answers and schemas.
struct Swagger2Conversion {
    private let document: JSONValue

    init(_ document: JSONValue) { self.document = document }

    var converted: JSONValue {
        var result: JSONValue = ["openapi": "3.0.1", "info": document["info"] ?? [:]]
        var paths = JSONObject()
        for (path, item) in document["paths"]?.object ?? JSONObject() { paths[path] = self.item(item) }
        result["paths"] = .object(paths)
        var components: JSONValue = [:]
        components["schemas"] = document["definitions"].map(references)
        let parameters = (document["parameters"]?.object ?? JSONObject()).filter { !isBody($0.value) }
        components["parameters"] = .object(JSONObject(parameters.map { ($0.name, parameter($0.value)) }))
        components["responses"] = .object(
            JSONObject((document["responses"]?.object ?? JSONObject()).map { ($0.name, response($0.value, produced(nil))) }))
        result["components"] = components
        return result
    }

    private func item(_ item: JSONValue) -> JSONValue {
        var copy = item
        let shared = item["parameters"]?.array ?? []
        copy["parameters"] = .array(shared.filter { !isBody($0) }.map(parameter))
        for verb in DefinitionCheck.verbs {
            if let operation = item[verb] { copy[verb] = self.operation(operation, shared.filter(isBody)) }
        }
        return copy
    }

    private func operation(_ operation: JSONValue, _ sharedBodies: [JSONValue]) -> JSONValue {
        var copy = operation
        let given = operation["parameters"]?.array ?? []
        copy["parameters"] = .array(given.filter { !isBody($0) }.map(parameter))
        copy["requestBody"] = body(sharedBodies + given.filter(isBody), operation)
        let types = produced(operation)
        copy["responses"] = .object(
            JSONObject((operation["responses"]?.object ?? JSONObject()).map { ($0.name, response($0.value, types)) }))
        for name in ["consumes", "produces", "schemes"] { copy[name] = nil }
        return copy
    }

    // MARK: Parameters and bodies

    /// What a reference to a parameter means.
    private func resolved(_ parameter: JSONValue) -> JSONValue {
        guard let reference = parameter["$ref"]?.string, let pointer = JSONPointer(reference) else { return parameter }
        return document[pointer] ?? parameter
    }

    private func isBody(_ parameter: JSONValue) -> Bool {
        ["body", "formData"].contains(resolved(parameter)["in"]?.string ?? "")
    }

    private static let schemaMembers = [
        "type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
        "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf",
    ]

    private func schema(of parameter: JSONValue) -> JSONValue {
        var schema: JSONValue = [:]
        for name in Self.schemaMembers { schema[name] = parameter[name] }
        if schema["type"] == "file" {
            schema["type"] = "string"
            schema["format"] = "binary"
        }
        return schema
    }

    private func parameter(_ parameter: JSONValue) -> JSONValue {
        guard parameter["$ref"] == nil else { return references(parameter) }
        var copy: JSONValue = [:]
        for (name, value) in parameter.object ?? JSONObject()
        where !Self.schemaMembers.contains(name) && name != "collectionFormat" { copy[name] = value }
        copy["schema"] = schema(of: parameter)
        return copy
    }

    private func body(_ parameters: [JSONValue], _ operation: JSONValue) -> JSONValue? {
        let parameters = parameters.map(resolved)
        let consumed = operation["consumes"]?.strings ?? document["consumes"]?.strings ?? []
        if let whole = parameters.last(where: { $0["in"] == "body" }) {
            var body = content(whole["schema"].map(references) ?? [:], consumed.isEmpty ? ["application/json"] : consumed)
            body["description"] = whole["description"]
            body["required"] = whole["required"]
            return body
        }
        guard !parameters.isEmpty else { return nil }
        let properties = parameters.map { ($0["name"]?.string ?? "", schema(of: $0)) }
        let required = parameters.filter { $0["required"]?.bool ?? false }.compactMap { $0["name"]?.string }
        var form: JSONValue = ["type": "object", "properties": .object(JSONObject(properties))]
        if !required.isEmpty { form["required"] = JSONValue(required) }
        let isUpload = parameters.contains { $0["type"] == "file" }
        let standard = isUpload ? "multipart/form-data" : "application/x-www-form-urlencoded"
        return content(form, consumed.isEmpty ? [standard] : consumed)
    }

    // MARK: Answers

    private func produced(_ operation: JSONValue?) -> [String] {
        let types = operation?["produces"]?.strings ?? document["produces"]?.strings ?? []
        return types.isEmpty ? ["application/json"] : types
    }

    private func response(_ response: JSONValue, _ types: [String]) -> JSONValue {
        guard response["$ref"] == nil else { return references(response) }
        var copy = response
        copy["schema"] = nil
        copy["examples"] = nil
        if let schema = response["schema"] { copy["content"] = content(references(schema), types)["content"] }
        copy["headers"] = response["headers"]?.object.map { headers in
            .object(JSONObject(headers.map { ($0.name, parameter($0.value)) }))
        }
        return copy
    }

    private func content(_ schema: JSONValue, _ types: [String]) -> JSONValue {
        ["content": .object(JSONObject(types.map { ($0, ["schema": schema]) }))]
    }

    /// References to the places where version 3 keeps things.
    private func references(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(references))
        case .object(let members):
            return .object(
                JSONObject(
                    members.map { name, member in
                        guard name == "$ref", let reference = member.string else { return (name, references(member)) }
                        return (name, JSONValue(Self.moved(reference)))
                    }))
        default: return value
        }
    }

    private static func moved(_ reference: String) -> String {
        for (old, new) in [
            ("#/definitions/", "#/components/schemas/"), ("#/parameters/", "#/components/parameters/"),
            ("#/responses/", "#/components/responses/"),
        ] where reference.hasPrefix(old) { return new + reference.dropFirst(old.count) }
        return reference
    }
}
