/// Errors about API definitions and their retrieval.
extension CatalogueError {
    public static func definitionURLUnreachable(_ reason: String) -> Self {
        Self(
            code: 900756, status: 400, message: "OpenAPI definition retrieval from URL failed", description: reason)
    }

    public static func definitionURLStatus(_ status: Int) -> Self {
        Self(
            code: 900757, status: 400, message: "OpenAPI definition retrieval from URL failed",
            description: "The server answered with status \(status)")
    }

    public static func definitionNotFound(_ id: String) -> Self {
        Self(
            code: 900330, status: 404, message: "API definition not found",
            description: "The API \(id) has no OpenAPI definition")
    }

    public static let definitionMissing = Self(
        code: 900700, status: 400, message: "Parameter value missing",
        description: "One of file, url and inlineAPIDefinition is needed")

    public static let definitionAmbiguous = Self.badRequest("Only one of file, url and inlineAPIDefinition may be given")
}

extension CatalogueError {
    public static func definitionMalformed(_ reason: String) -> Self {
        Self(code: 900758, status: 400, message: "Malformed OpenAPI Definition", description: reason)
    }

    public static let definitionUnrecognized = Self(
        code: 900759, status: 400, message: "Unrecognized OpenAPI Definition",
        description: "The document has neither a swagger nor an openapi member")

    public static func swaggerVersionInvalid(_ version: String) -> Self {
        Self(
            code: 900760, status: 400, message: "Invalid Swagger Definition",
            description: "Swagger \(version) is not supported; 2.0 is")
    }

    public static func openAPIVersionInvalid(_ version: String) -> Self {
        Self(
            code: 900752, status: 400, message: "Invalid OpenAPI Definition",
            description: "OpenAPI \(version) is not supported; 3.0 and 3.1 are")
    }

    public static let definitionIncomplete = Self(
        code: 900753, status: 400, message: "Invalid OpenAPI Definition", description: "info or paths is missing")

    public static func definitionInvalid(_ reason: String) -> Self {
        Self(code: 900754, status: 400, message: "Error while parsing OpenAPI definition", description: reason)
    }
}
