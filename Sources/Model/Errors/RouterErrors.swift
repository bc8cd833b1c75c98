extension CatalogueError {
    /// No `Authorization` header on an operation that needs one.
    public static let missingCredentials = Self(
        code: 900902, status: 401, message: "Missing Credentials",
        description: "This operation needs a bearer token or Basic authentication.")

    /// The credential carries none of the scopes that an operation accepts.
    public static func scopeNotGranted(_ accepted: [String]) -> Self {
        Self(
            code: 900910, status: 403, message: "Invalid Scope",
            description: "The credential has none of the scopes that allow this: \(accepted.joined(separator: ", ")).")
    }

    /// RFC 6585 §5; the value stays out of the answer, as it may be a credential.
    public static func headerFieldTooLarge(_ name: String, limit: Int) -> Self {
        Self(
            code: 431, status: 431, message: "Request Header Fields Too Large",
            description: "The header field \(name) is longer than \(limit) bytes.")
    }

    /// No route has this path.
    public static func resourceNotFound(path: String) -> Self {
        Self(code: 404, status: 404, message: "Not Found", description: "There is no resource at '\(path)'.")
    }

    public static func tenantNotFound(_ domain: String) -> Self {
        Self(code: 404, status: 404, message: "Not Found", description: "Requested Tenant with Id '\(domain)' not found")
    }

    public static func methodNotAllowed(_ method: String, allowed: [String]) -> Self {
        Self(
            code: 405, status: 405, message: "Method Not Allowed",
            description: "\(method) is not possible here. Allowed: \(allowed.joined(separator: ", ")).")
    }

    public static func notAcceptable(available: [String]) -> Self {
        Self(
            code: 406, status: 406, message: "Not Acceptable",
            description: "The answer is available as \(available.joined(separator: ", ")).")
    }

    public static func payloadTooLarge(limit: Int) -> Self {
        Self(
            code: 413, status: 413, message: "Payload Too Large",
            description: "The request body may have at most \(limit) bytes.")
    }

    public static func unsupportedMediaType(_ given: String, accepted: [String]) -> Self {
        Self(
            code: 415, status: 415, message: "Unsupported Media Type",
            description: "The body is '\(given)', expected \(accepted.joined(separator: " or ")).")
    }

    /// The contract has the operation, the platform does not yet.
    public static func notImplemented(_ operation: String) -> Self {
        Self(
            code: 501, status: 501, message: "Not Implemented",
            description: "The operation \(operation) is not available in this version.")
    }
}
