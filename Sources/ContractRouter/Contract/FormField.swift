import Documents
import Model

/// What a contract demands of one field of a form.
package struct FormField: Sendable {
    package enum Content: Sendable {
        /// A file: any bytes.
        case file
        /// Text that the schema describes.
        case text(JSONSchema)
        /// JSON text that the schema describes.
        case json(JSONSchema)
    }

    package var name: String
    package var isRequired: Bool
    package var content: Content
    /// The catalogue's own error for JSON text that cannot be read (`x-json-fault`), if it has one.
    package var fault: CatalogueError?

    /// The fields of an object schema. `x-json-schema` names the schema of a field that carries JSON text.
    static func fields(of schema: JSONValue, _ contract: Contract) throws(SchemaError) -> [FormField] {
        let required = schema["required"]?.strings ?? []
        var fields: [FormField] = []
        for (name, property) in schema["properties"]?.object ?? JSONObject() {
            fields.append(
                FormField(
                    name: name, isRequired: required.contains(name), content: try content(property, contract),
                    fault: fault(property["x-json-fault"])))
        }
        return fields
    }

    private static func content(_ property: JSONValue, _ contract: Contract) throws(SchemaError) -> Content {
        if let reference = property["x-json-schema"]?.string {
            return .json(try contract.schema(["$ref": JSONValue(reference)]))
        }
        let resolved = contract.resolve(property)
        switch resolved["type"]?.string {
        case "object", "array": return .json(try contract.schema(property))
        case _ where resolved["format"]?.string == "binary": return .file
        default: return .text(try contract.schema(property))
        }
    }

    private static func fault(_ json: JSONValue?) -> CatalogueError? {
        guard let code = json?["code"]?.int, let message = json?["message"]?.string else { return nil }
        return CatalogueError(code: code, status: 400, message: message)
    }
}
