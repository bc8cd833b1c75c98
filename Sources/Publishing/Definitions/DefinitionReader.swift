import Definitions
import Documents
import Model

/// Reads OpenAPI documents of versions 2.0, 3.0 and 3.1, in JSON or YAML.
struct DefinitionReader {
    /// Bytes.
    let maximumSize: Int

    /// Throws the catalogue's error for what is wrong: 900758 no JSON or YAML, 900759 no OpenAPI, 900760 and 900752 an unsupported version,
    /// 900753 no `info` or `paths`, 900754 anything else.
    func read(_ bytes: [UInt8]) throws -> ImportedDefinition {
        let document = try parse(bytes)
        let (format, text) = try format(of: document)
        guard let info = document["info"]?.object, document["paths"]?.object != nil || format == .v31 else {
            throw CatalogueError.definitionIncomplete
        }
        guard let title = info["title"]?.string, !title.isEmpty, let version = scalar(info["version"]), !version.isEmpty else {
            throw CatalogueError.definitionInvalid("info needs title and version")
        }
        try check(document)
        let reading = DefinitionOperations(document: document, format: format)
        return ImportedDefinition(
            document: document, format: format, formatVersion: text, title: title, version: version,
            description: info["description"]?.string ?? "", servers: servers(document, format),
            operations: try reading.operations(), scopes: DefinitionScopes.read(document, format),
            members: DefinitionExtensions.members(of: document))
    }

    private func check(_ document: JSONValue) throws {
        let findings = DefinitionCheck.findings(in: document).map(\.description)
        guard !findings.isEmpty else { return }
        var error = CatalogueError.definitionInvalid(findings.joined(separator: "; "))
        error.details = findings.map {
            CatalogueError.Detail(code: String(error.code), message: error.message, description: $0)
        }
        throw error
    }

    private func parse(_ bytes: [UInt8]) throws -> JSONValue {
        guard bytes.count <= maximumSize else {
            throw CatalogueError.definitionMalformed("the document has more than \(maximumSize) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw CatalogueError.definitionMalformed("the document is not UTF-8 text")
        }
        let isJSON = text.first { !$0.isWhitespace && $0 != "\u{feff}" } == "{"
        do {
            let document = isJSON ? try JSONValue.parse(text) : try YAMLDocument.parse(text)
            guard document.object != nil else { throw CatalogueError.definitionUnrecognized }
            return document
        } catch let error as JSONError {
            throw CatalogueError.definitionMalformed(error.description)
        } catch let error as DocumentError {
            throw CatalogueError.definitionMalformed(error.description)
        }
    }

    private func format(of document: JSONValue) throws -> (OpenAPIFormat, String) {
        if let swagger = scalar(document["swagger"]) {
            guard swagger == "2.0" else { throw CatalogueError.swaggerVersionInvalid(swagger) }
            return (.v2, swagger)
        }
        guard let version = scalar(document["openapi"]) else { throw CatalogueError.definitionUnrecognized }
        if version == "3.0" || version.hasPrefix("3.0.") { return (.v3, version) }
        if version == "3.1" || version.hasPrefix("3.1.") { return (.v31, version) }
        throw CatalogueError.openAPIVersionInvalid(version)
    }

    /// YAML reads `2.0` and `1.0` as numbers where the author meant text.
    private func scalar(_ value: JSONValue?) -> String? { value?.string ?? value?.number?.text }

    private func servers(_ document: JSONValue, _ format: OpenAPIFormat) -> [String] {
        guard format == .v2 else {
            return (document["servers"]?.array ?? []).compactMap { $0["url"]?.string }
                .filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        }
        guard let host = document["host"]?.string, !host.isEmpty else { return [] }
        let schemes = document["schemes"]?.strings ?? ["https"]
        return schemes.filter { $0 == "http" || $0 == "https" }.map { "\($0)://\(host)\(document["basePath"]?.string ?? "")" }
    }
}
