import Documents
import Model

/// Checks the custom properties of an API and keeps their two forms, list and map, alike.
enum PropertyRules {
    static let maximumNameLength = 80
    static let maximumValueLength = 900

    /// Search words that a property must not be named like.
    static let reserved: Set<String> = [
        "provider", "version", "context", "status", "description", "subcontext", "doc", "lcstate", "name", "tags", "tag",
        "group", "display-name", "contexttemplate", "type", "label", "api-category", "endpointconfig", "vendor",
        "thirdparty", "enablestore", "sort", "content",
    ]

    /// Checks `additionalProperties` and `additionalPropertiesMap` of `document` and writes both from what they say together.
    static func apply(to document: inout JSONObject) throws {
        var properties: [JSONValue] = []
        for property in document["additionalProperties"]?.array ?? [] { properties.append(try checked(property)) }
        let names = Set(properties.compactMap { $0["name"]?.string })
        for (name, value) in document["additionalPropertiesMap"]?.object ?? JSONObject() where !names.contains(name) {
            var property = value.object ?? JSONObject()
            property.setDefault("name", JSONValue(name))
            properties.append(try checked(.object(property)))
        }
        document["additionalProperties"] = .array(properties)
        document["additionalPropertiesMap"] = .object(
            JSONObject(properties.map { ($0["name"]?.string ?? "", $0) }))
    }

    private static func checked(_ property: JSONValue) throws -> JSONValue {
        guard let name = property["name"]?.string, let value = property["value"]?.string, !name.isEmpty else {
            throw CatalogueError.propertyInvalid("a property needs name, value and display")
        }
        guard !name.contains(where: \.isWhitespace) else {
            throw CatalogueError.propertyInvalid("the property name '\(name)' contains blanks")
        }
        guard !reserved.contains(name.lowercased()) else {
            throw CatalogueError.propertyInvalid("the property name '\(name)' is a search word")
        }
        guard name.count <= maximumNameLength else {
            throw CatalogueError.propertyInvalid("a property name has at most \(maximumNameLength) characters")
        }
        guard value.count <= maximumValueLength else {
            throw CatalogueError.propertyInvalid("a property value has at most \(maximumValueLength) characters")
        }
        return [
            "name": JSONValue(name), "value": JSONValue(value), "display": JSONValue(property["display"]?.bool ?? false),
        ]
    }
}
