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
