/// The JSON types a schema can name; a set, because draft 2020-12 allows several.
struct SchemaTypes: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    static let number = SchemaTypes(rawValue: 8)
    static let string = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)

    static let named: [(name: String, type: SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init?(name: String) {
        guard let type = Self.named.first(where: { $0.name == name })?.type else { return nil }
        self = type
    }

    /// The names for a message, such as `string or null`.
    var description: String { Self.named.filter { contains($0.type) }.map(\.name).joined(separator: " or ") }
}

/// One compiled schema. Schemas below it are indices into the table of all nodes, so cycles need no references.
struct SchemaNode: Sendable {
    enum Additional: Sendable { case unsaid, allowed, refused, schema(Int) }

    struct Discriminator: Sendable {
        var property: String
        var mapping: [String: Int]
    }

    var refusesAll = false
    var types: SchemaTypes?
    var enumeration: [JSONValue]?
    var format: String?
    var isReadOnly = false
    var isWriteOnly = false

    var minimum: JSONNumber?
    var maximum: JSONNumber?
    var exclusiveMinimum: JSONNumber?
    var exclusiveMaximum: JSONNumber?
    var multipleOf: JSONNumber?

    var minLength: Int?
    var maxLength: Int?
    var pattern: SchemaPattern?

    var items: Int?
    var prefixItems: [Int] = []
    var contains: Int?
    var minContains: Int?
    var maxContains: Int?
    var minItems: Int?
    var maxItems: Int?
    var uniqueItems = false

    var properties: [String: Int] = [:]
    var patternProperties: [(pattern: SchemaPattern, node: Int)] = []
    var additional = Additional.unsaid
    var unevaluated = Additional.unsaid
    var required: [String] = []
    var minProperties: Int?
    var maxProperties: Int?
    var propertyNames: Int?
    var dependentRequired: [(name: String, needs: [String])] = []
    var dependentSchemas: [(name: String, node: Int)] = []

    var reference: Int?
    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var negated: Int?
    var condition: (test: Int, then: Int?, otherwise: Int?)?
    var discriminator: Discriminator?

    /// Nodes that speak about the same value as this one.
    var applicators: [Int] {
        var list = allOf + anyOf + oneOf + dependentSchemas.map(\.node)
        if let reference { list.append(reference) }
        if let condition { list += [condition.test, condition.then, condition.otherwise].compactMap { $0 } }
        return list
    }

    /// Whether the node itself (not one it refers to) lets `null` pass.
    var allowsNull: Bool { types?.contains(.null) ?? (enumeration?.contains(.null) ?? false) }
}
