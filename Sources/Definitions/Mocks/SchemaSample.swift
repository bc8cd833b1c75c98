import Documents

/// Makes a value that a schema describes. Recursive schemas end in `null`, large ones are cut short.
struct SchemaSample {
    private let document: JSONValue
    private var depth = 0
    /// How many more values may be made.
    private var budget = 2_000

    private static let maximumDepth = 12

    init(_ document: JSONValue) { self.document = document }

    mutating func value(of schema: JSONValue) -> JSONValue {
        budget -= 1
        guard depth < Self.maximumDepth, budget > 0 else { return .null }
        depth += 1
        defer { depth -= 1 }
        if let reference = schema["$ref"]?.string {
            guard let pointer = JSONPointer(reference), let target = document[pointer] else { return .null }
            return value(of: target)
        }
        for name in ["example", "default", "const"] { if let given = schema[name] { return given } }
        if let first = schema["examples"]?[0] ?? schema["enum"]?[0] { return first }
        if let parts = schema["allOf"]?.array { return merged(parts, with: schema) }
        if let choice = schema["oneOf"]?[0] ?? schema["anyOf"]?[0] { return value(of: choice) }
        return byType(schema)
    }

    private mutating func merged(_ parts: [JSONValue], with schema: JSONValue) -> JSONValue {
        var members = JSONObject()
        for part in parts {
            let made = value(of: part)
            guard let object = made.object else { return made }
            for (name, value) in object { members[name] = value }
        }
        for (name, value) in object(schema) { members[name] = value }
        return .object(members)
    }

    private mutating func byType(_ schema: JSONValue) -> JSONValue {
        let type = schema["type"]?.string ?? schema["type"]?.strings?.first { $0 != "null" }
        switch type {
        case "string": return JSONValue(Self.text(schema["format"]?.string))
        case "integer": return schema["minimum"] ?? 0
        case "number": return schema["minimum"] ?? 0
        case "boolean": return true
        case "array": return .array([value(of: schema["items"] ?? [:])])
        case "null": return .null
        default: return schema["items"] != nil ? .array([value(of: schema["items"] ?? [:])]) : .object(object(schema))
        }
    }

    private mutating func object(_ schema: JSONValue) -> JSONObject {
        var members = JSONObject()
        for (name, property) in schema["properties"]?.object ?? JSONObject() { members[name] = value(of: property) }
        return members
    }

    private static func text(_ format: String?) -> String {
        switch format {
        case "date": "2026-01-31"
        case "date-time": "2026-01-31T12:00:00Z"
        case "email": "someone@example.com"
        case "uuid": "3f2b8c1e-0000-4000-8000-000000000000"
        case "uri", "url": "https://example.com"
        default: "string"
        }
    }
}
