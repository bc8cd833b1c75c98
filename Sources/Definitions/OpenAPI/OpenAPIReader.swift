import Archives
import Documents
import Model

/// Reads OpenAPI documents of versions 2.0, 3.0 and 3.1, in JSON or YAML, or several files of such as a ZIP archive.
public struct OpenAPIReader: Sendable {
    /// Bytes.
    private let maximumSize: Int

    /// `maximumSize` is the number of bytes of a document, or of the archive and of each file in it.
    public init(maximumSize: Int) { self.maximumSize = maximumSize }

    /// Throws the catalogue's error for what is wrong: 900758 no JSON or YAML, 900759 no OpenAPI, 900760 and 900752 an unsupported version,
    /// 900753 no `info` or `paths`, 900754 anything else.
    public func read(_ bytes: [UInt8]) throws -> OpenAPIDefinition {
        try definition(ZIPArchive.isArchive(bytes) ? try bundled(bytes) : try parse(bytes))
    }

    private func bundled(_ archive: [UInt8]) throws -> JSONValue {
        let limits = ArchiveLimits(size: maximumSize, fileSize: maximumSize, totalSize: 3 * maximumSize)
        return try DefinitionArchive(archive, limits: limits).document(maximumSize: maximumSize, parse: parse)
    }

    private func definition(_ document: JSONValue) throws -> OpenAPIDefinition {
        let (format, text) = try format(of: document)
        guard let info = document["info"]?.object, document["paths"]?.object != nil || format == .v31 else {
            throw CatalogueError.definitionIncomplete
        }
        guard let title = info["title"]?.string, !title.isEmpty, let version = scalar(info["version"]), !version.isEmpty else {
            throw CatalogueError.definitionInvalid("info needs title and version")
        }
        try check(document)
        let reading = OpenAPIOperations(document: document, format: format)
        return OpenAPIDefinition(
            document: document, format: format, formatVersion: text, title: title, version: version,
            description: info["description"]?.string ?? "", servers: servers(document, format),
            operations: try reading.operations(), scopes: OpenAPIScopes.read(document, format),
            members: OpenAPIExtensions.members(of: document))
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
        do {
            let document = try value(of: text)
            guard document.object != nil else { throw CatalogueError.definitionUnrecognized }
            return document
        } catch let error as JSONError {
            throw CatalogueError.definitionMalformed(error.description)
        } catch let error as DocumentError {
            throw CatalogueError.definitionMalformed(error.description)
        }
    }

    /// YAML may begin with a brace too; a text that is neither is told what is wrong with it as JSON.
    private func value(of text: String) throws -> JSONValue {
        guard text.first(where: { !$0.isWhitespace && $0 != "\u{feff}" }) == "{" else { return try YAMLDocument.parse(text) }
        do {
            return try JSONValue.parse(text)
        } catch {
            guard error.reason == .syntax, let document = try? YAMLDocument.parse(text) else { throw error }
            return document
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
