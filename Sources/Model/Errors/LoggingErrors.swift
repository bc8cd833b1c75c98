/// Errors of the logs that administrators switch on.
extension CatalogueError {
    public static let loggingPermissionDenied = Self(
        code: 900915, status: 403, message: "Invalid Permission",
        description: "Only administrators of the super tenant may see and switch logs of tenants")

    public static func loggedOperationUnknown(_ operation: String) -> Self {
        .badRequest("The API has no operation '\(operation)'")
    }

    public static func logLevelUnknown(_ level: String) -> Self {
        .badRequest("The log level '\(level)' is none of OFF, BASIC, STANDARD and FULL")
    }

    public static let loggedOperationIncomplete = Self.badRequest(
        "An operation is named by resourceMethod and resourcePath together")

    public static func correlationComponentUnknown(_ name: String) -> Self {
        .badRequest("There is no component '\(name)'; known are http, jdbc, ldap, synapse and method-calls")
    }

    public static func correlationComponentInvalid(_ name: String) -> Self {
        .badRequest("'enabled' of the component '\(name)' has to be true or false")
    }
}
