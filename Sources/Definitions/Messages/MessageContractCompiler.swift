import Documents

/// Collects the rules of all operations of an OpenAPI 3 document, and the places of their schemas.
struct MessageContractCompiler {
    let document: JSONValue
    /// The places of the schemas that rules name by their index.
    private(set) var pointers: [JSONPointer] = []
    private var indices: [JSONPointer: Int] = [:]

    init(document: JSONValue) { self.document = document }

    /// The rules by upper-case verb and path template.
    mutating func operations() throws(SchemaError) -> [String: OperationMessageRules] {
        var operations: [String: OperationMessageRules] = [:]
        for target in document["paths"]?.object?.names ?? [] {
            let item = try resolved(JSONPointer(tokens: ["paths", target]))
            for verb in DefinitionCheck.verbs where document[item]?[verb] != nil {
                operations["\(verb.uppercased()) \(target)"] = try operation(item.appending(verb), sharing: item)
            }
        }
        return operations
    }

    private mutating func operation(
        _ place: JSONPointer, sharing item: JSONPointer
    ) throws(SchemaError) -> OperationMessageRules {
        var rules = OperationMessageRules()
        // Parameters of the operation replace those of the path (OpenAPI 3.0 §4.7.9).
        for holder in [place, item] {
            for rule in try parameters(holder.appending("parameters"))
            where !rules.parameters.contains(where: { $0.name == rule.name && $0.place == rule.place }) {
                rules.parameters.append(rule)
            }
        }
        if document[place]?["requestBody"] != nil {
            let body = try resolved(place.appending("requestBody"))
            rules.body = .init(
                isRequired: document[body]?["required"]?.bool ?? false, contents: try contents(body.appending("content")))
        }
        for name in document[place]?["responses"]?.object?.names ?? [] {
            guard let status = OperationMessageRules.Status(name) else { continue }
            let response = try resolved(place.appending("responses").appending(name))
            rules.responses.append(
                (
                    status,
                    ResponseMessageRules(
                        headers: try headers(response.appending("headers")),
                        contents: try contents(response.appending("content"))
                    )
                ))
        }
        return rules
    }

    private mutating func contents(_ place: JSONPointer) throws(SchemaError) -> [OperationMessageRules.Content] {
        var contents: [OperationMessageRules.Content] = []
        for name in document[place]?.object?.names ?? [] {
            let media = place.appending(name)
            let schema = document[media]?["schema"] == nil ? nil : slot(media.appending("schema"))
            let lists = schema == nil ? [] : try lists(media.appending("schema"))
            contents.append(.init(range: MediaRange(name), schema: schema, lists: lists))
        }
        return contents
    }

    // MARK: Parameters

    private mutating func parameters(_ list: JSONPointer) throws(SchemaError) -> [ParameterRule] {
        var rules: [ParameterRule] = []
        for index in (document[list]?.array ?? []).indices {
            let place = try resolved(list.appending(index))
            guard let name = document[place]?["name"]?.string,
                let kind = ParameterRule.Place(rawValue: document[place]?["in"]?.string ?? "")
            else { continue }
            // Described by other parts of the document (OpenAPI 3.0 §4.7.12.1).
            if kind == .header, ["accept", "content-type", "authorization"].contains(name.lowercased()) { continue }
            rules.append(try rule(name, kind, place))
        }
        return rules
    }

    private mutating func headers(_ members: JSONPointer) throws(SchemaError) -> [ParameterRule] {
        var rules: [ParameterRule] = []
        for name in document[members]?.object?.names ?? [] where name.lowercased() != "content-type" {
            rules.append(try rule(name, .header, try resolved(members.appending(name))))
        }
        return rules
    }

    private mutating func rule(
        _ name: String, _ kind: ParameterRule.Place, _ place: JSONPointer
    ) throws(SchemaError) -> ParameterRule {
        let parameter = document[place] ?? [:]
        var rule = ParameterRule(
            name: name, place: kind, isRequired: kind == .path || parameter["required"]?.bool ?? false,
            mayBeEmpty: parameter["allowEmptyValue"]?.bool ?? false, style: style(of: parameter, kind), shape: .plain)
        if parameter["schema"] != nil {
            rule.schema = slot(place.appending("schema"))
            rule.shape = try shape(place.appending("schema"))
        } else if let media = parameter["content"]?.object?.names.first, BodySchema.isJSON(MediaRange.essence(of: media)) {
            let content = place.appending("content").appending(media)
            rule.style = .json
            if document[content]?["schema"] != nil { rule.schema = slot(content.appending("schema")) }
        }
        return rule
    }

    private func style(of parameter: JSONValue, _ kind: ParameterRule.Place) -> ParameterRule.Style {
        let explode = parameter["explode"]?.bool
        guard kind == .query || kind == .cookie else { return .simple(isExploded: explode ?? false) }
        switch parameter["style"]?.string {
        case "spaceDelimited": return explode ?? false ? .exploded : .separated(" ")
        case "pipeDelimited": return explode ?? false ? .exploded : .separated("|")
        case "deepObject": return .deepObject
        default: return explode ?? true ? .exploded : .separated(",")
        }
    }

    /// The members of a schema that are arrays.
    private func lists(_ schema: JSONPointer) throws(SchemaError) -> Set<String> {
        let properties = try resolved(schema).appending("properties")
        var lists: Set<String> = []
        for name in document[properties]?.object?.names ?? [] {
            if try shape(properties.appending(name)) == .array { lists.insert(name) }
        }
        return lists
    }

    private func shape(_ schema: JSONPointer) throws(SchemaError) -> ParameterRule.Shape {
        let value = document[try resolved(schema)]
        switch value?["type"]?.string ?? value?["type"]?.strings?.first {
        case "array": return .array
        case "object": return .object(value?["properties"]?.object?.names ?? [])
        default: return .plain
        }
    }

    // MARK: Places

    private mutating func slot(_ pointer: JSONPointer) -> Int {
        if let index = indices[pointer] { return index }
        indices[pointer] = pointers.count
        pointers.append(pointer)
        return pointers.count - 1
    }

    /// Where what stands at a place really is.
    private func resolved(_ pointer: JSONPointer) throws(SchemaError) -> JSONPointer {
        var pointer = pointer
        for _ in 0..<20 {
            guard let reference = document[pointer]?["$ref"]?.string else { return pointer }
            guard reference.hasPrefix("#"), let target = JSONPointer(reference), document[target] != nil else {
                throw SchemaError(path: pointer, message: "the reference '\(reference)' points to nothing in this document")
            }
            pointer = target
        }
        throw SchemaError(path: pointer, message: "the references lead in a circle")
    }
}
