import Documents
import Model

/// Checks the fields of a form against the contract.
struct FormReader {
    var fields: [FormField]

    /// The parts, with the documents of those that carry JSON.
    func check(_ parts: [APIRequest.Part]) throws -> [APIRequest.Part] {
        guard !fields.isEmpty else { return parts }
        try checkNames(parts.map(\.name))
        return try parts.map { part in
            var part = part
            guard let field = fields.first(where: { $0.name == part.name }) else { return part }
            switch field.content {
            case .file: break
            case .text(let schema):
                _ = try value(.string(try text(part)), of: part.name, schema)
            case .json(let schema):
                part.json = try document(part, field, schema)
            }
            return part
        }
    }

    /// The fields of a form without files.
    func check(_ form: JSONObject) throws -> JSONObject {
        guard !fields.isEmpty else { return form }
        try checkNames(form.names)
        for field in fields {
            if case .text(let schema) = field.content, let given = form[field.name] {
                _ = try value(given, of: field.name, schema)
            }
        }
        return form
    }

    private func checkNames(_ names: [String]) throws {
        for field in fields where field.isRequired && !names.contains(field.name) {
            throw CatalogueError.badRequest("The form field '\(field.name)' is required.")
        }
        for name in names where !fields.contains(where: { $0.name == name }) {
            throw CatalogueError.badRequest("Unrecognized property '\(name)'")
        }
    }

    private func text(_ part: APIRequest.Part) throws -> String {
        guard let text = String(validating: part.bytes, as: UTF8.self) else {
            throw CatalogueError.badRequest("The form field '\(part.name)' is not UTF-8 text.")
        }
        guard !text.utf8.contains(0) else {
            throw CatalogueError.badRequest("The form field '\(part.name)' contains the character U+0000.")
        }
        return text
    }

    private func document(_ part: APIRequest.Part, _ field: FormField, _ schema: JSONSchema) throws -> JSONValue {
        do {
            return try BodyReader.check(try RawBody.json(part.bytes, of: "form field '\(part.name)'"), schema)
        } catch let error as CatalogueError {
            guard var fault = field.fault else { throw error }
            fault.description = error.description
            fault.details = error.details
            throw fault
        }
    }

    private func value(_ value: JSONValue, of name: String, _ schema: JSONSchema) throws -> JSONValue {
        let (value, findings) = schema.check(value, options: .requestBody)
        guard let first = findings.first else { return value }
        throw CatalogueError.badRequest("The form field '\(name)': \(first.message)")
    }
}
