/// Turns the schemas that are reachable from some places of a document into a table of nodes, without recursion: a hostile
/// document can be as deep in its references as it likes.
struct SchemaCompiler {
    private static let nodeLimit = 500_000

    let document: JSONValue
    /// In OpenAPI 3.0 and Swagger 2.0 everything beside `$ref` is ignored.
    private let ignoresReferenceSiblings: Bool
    private var indices: [JSONPointer: Int] = [:]
    private var pending: [JSONPointer] = []

    init(document: JSONValue) {
        self.document = document
        let version = document["openapi"]?.string ?? document["swagger"]?.string
        ignoresReferenceSiblings = version.map { !$0.hasPrefix("3.1") } ?? false
    }

    /// The index of the node for the schema at `pointer`, which `finish` will compile.
    mutating func slot(_ pointer: JSONPointer) -> Int {
        if let index = indices[pointer] { return index }
        indices[pointer] = pending.count
        pending.append(pointer)
        return pending.count - 1
    }

    mutating func finish() throws(SchemaError) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        while nodes.count < pending.count {
            guard nodes.count < Self.nodeLimit else {
                throw SchemaError(path: .root, message: "the schema has more than \(Self.nodeLimit) parts")
            }
            nodes.append(try node(pending[nodes.count]))
        }
        return nodes
    }

    private mutating func node(_ pointer: JSONPointer) throws(SchemaError) -> SchemaNode {
        var node = SchemaNode()
        switch document[pointer] {
        case .bool(let allows): node.refusesAll = !allows
        case .object(let object): try read(object, at: pointer, into: &node)
        case nil: throw SchemaError(path: pointer, message: "there is no schema at this place")
        default: throw SchemaError(path: pointer, message: "a schema must be an object")
        }
        return node
    }

    private mutating func read(
        _ object: JSONObject, at pointer: JSONPointer, into node: inout SchemaNode
    ) throws(SchemaError) {
        if let reference = object["$ref"]?.string {
            node.reference = slot(try target(of: reference, at: pointer))
            if ignoresReferenceSiblings { return }
        }
        readValueRules(object, into: &node)
        node.pattern = try pattern(object["pattern"]?.string, at: pointer)
        readArrayRules(object, at: pointer, into: &node)
        try readObjectRules(object, at: pointer, into: &node)
        readApplicators(object, at: pointer, into: &node)
        try readDiscriminator(object, at: pointer, into: &node)
    }

    private func target(of reference: String, at pointer: JSONPointer) throws(SchemaError) -> JSONPointer {
        guard reference.hasPrefix("#"), let target = JSONPointer(reference) else {
            throw SchemaError(path: pointer, message: "the reference '\(reference)' does not point into this document")
        }
        guard document[target] != nil else {
            throw SchemaError(path: pointer, message: "the reference '\(reference)' points to nothing")
        }
        return target
    }

    private func pattern(_ text: String?, at pointer: JSONPointer) throws(SchemaError) -> SchemaPattern? {
        guard let text else { return nil }
        do throws(SchemaPattern.Fault) { return try SchemaPattern(text) } catch {
            throw SchemaError(path: pointer, message: "the pattern '\(text)' cannot be used: \(error.message)")
        }
    }

    private func readValueRules(_ object: JSONObject, into node: inout SchemaNode) {
        node.types = types(object)
        node.enumeration = object["enum"]?.array ?? object["const"].map { [$0] }
        if node.types?.contains(.null) == true, object["nullable"]?.bool == true { node.enumeration?.append(.null) }
        node.format = object["format"]?.string
        node.isReadOnly = object["readOnly"]?.bool ?? false
        node.isWriteOnly = object["writeOnly"]?.bool ?? false
        node.minimum = object["minimum"]?.number
        node.maximum = object["maximum"]?.number
        readExclusive(object["exclusiveMinimum"], &node.exclusiveMinimum, &node.minimum)
        readExclusive(object["exclusiveMaximum"], &node.exclusiveMaximum, &node.maximum)
        node.multipleOf = object["multipleOf"]?.number
        node.minLength = object["minLength"]?.int
        node.maxLength = object["maxLength"]?.int
    }

    /// A number in draft 2020-12; before that `true`, which makes the limit beside it exclusive.
    private func readExclusive(_ value: JSONValue?, _ exclusive: inout JSONNumber?, _ inclusive: inout JSONNumber?) {
        if let number = value?.number {
            exclusive = number
        } else if value?.bool == true {
            exclusive = inclusive
            inclusive = nil
        }
    }

    private func types(_ object: JSONObject) -> SchemaTypes? {
        let names = object["type"]?.string.map { [$0] } ?? object["type"]?.strings ?? []
        var types = SchemaTypes(names.compactMap { SchemaTypes(name: $0) })
        guard !types.isEmpty else { return nil }
        if object["nullable"]?.bool == true { types.insert(.null) }
        return types
    }

    private mutating func readArrayRules(_ object: JSONObject, at pointer: JSONPointer, into node: inout SchemaNode) {
        if object["items"]?.array == nil { node.items = child("items", object, pointer) }
        node.prefixItems = children("prefixItems", object, pointer)
        node.contains = child("contains", object, pointer)
        node.minContains = object["minContains"]?.int
        node.maxContains = object["maxContains"]?.int
        node.minItems = object["minItems"]?.int
        node.maxItems = object["maxItems"]?.int
        node.uniqueItems = object["uniqueItems"]?.bool ?? false
    }

    private mutating func readObjectRules(
        _ object: JSONObject, at pointer: JSONPointer, into node: inout SchemaNode
    ) throws(SchemaError) {
        for (name, index) in members("properties", object, pointer) { node.properties[name] = index }
        for (name, index) in members("patternProperties", object, pointer) {
            if let pattern = try pattern(name, at: pointer) { node.patternProperties.append((pattern, index)) }
        }
        node.additional = additional("additionalProperties", object, pointer)
        node.unevaluated = additional("unevaluatedProperties", object, pointer)
        node.required = object["required"]?.strings ?? []
        node.minProperties = object["minProperties"]?.int
        node.maxProperties = object["maxProperties"]?.int
        node.propertyNames = child("propertyNames", object, pointer)
        node.dependentSchemas = members("dependentSchemas", object, pointer).map { ($0.name, $0.index) }
        for (name, needs) in object["dependentRequired"]?.object ?? JSONObject() {
            node.dependentRequired.append((name, needs.strings ?? []))
        }
    }

    private mutating func readApplicators(_ object: JSONObject, at pointer: JSONPointer, into node: inout SchemaNode) {
        node.allOf = children("allOf", object, pointer)
        node.anyOf = children("anyOf", object, pointer)
        node.oneOf = children("oneOf", object, pointer)
        node.negated = child("not", object, pointer)
        if let test = child("if", object, pointer) {
            node.condition = (test, child("then", object, pointer), child("else", object, pointer))
        }
    }

    /// OpenAPI 3.0 §4.7.25: values are names of schemas unless the mapping says otherwise.
    private mutating func readDiscriminator(
        _ object: JSONObject, at pointer: JSONPointer, into node: inout SchemaNode
    ) throws(SchemaError) {
        guard let discriminator = object["discriminator"], let property = discriminator["propertyName"]?.string else { return }
        var mapping: [String: Int] = [:]
        for choice in (object["oneOf"]?.array ?? []) + (object["anyOf"]?.array ?? []) {
            guard let reference = choice["$ref"]?.string, let target = JSONPointer(reference) else { continue }
            if let name = target.tokens.last { mapping[name] = slot(target) }
        }
        for (value, place) in discriminator["mapping"]?.object ?? JSONObject() {
            guard let place = place.string else { continue }
            let reference = place.contains("/") ? place : "#/components/schemas/\(place)"
            mapping[value] = slot(try target(of: reference, at: pointer))
        }
        node.discriminator = SchemaNode.Discriminator(property: property, mapping: mapping)
    }

    private mutating func child(_ keyword: String, _ object: JSONObject, _ pointer: JSONPointer) -> Int? {
        object[keyword].map { _ in slot(pointer.appending(keyword)) }
    }

    private mutating func children(_ keyword: String, _ object: JSONObject, _ pointer: JSONPointer) -> [Int] {
        let place = pointer.appending(keyword)
        return (object[keyword]?.array ?? []).indices.map { slot(place.appending($0)) }
    }

    private mutating func members(
        _ keyword: String, _ object: JSONObject, _ pointer: JSONPointer
    ) -> [(name: String, index: Int)] {
        let place = pointer.appending(keyword)
        return (object[keyword]?.object?.names ?? []).map { ($0, slot(place.appending($0))) }
    }

    private mutating func additional(
        _ keyword: String, _ object: JSONObject, _ pointer: JSONPointer
    ) -> SchemaNode.Additional {
        switch object[keyword] {
        case nil: .unsaid
        case .bool(let allowed): allowed ? .allowed : .refused
        case .object(let schema) where schema.isEmpty: .allowed
        default: .schema(slot(pointer.appending(keyword)))
        }
    }
}
