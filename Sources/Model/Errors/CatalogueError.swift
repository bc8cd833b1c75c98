/// An error that a client sees: one entry of the catalogue, rendered at the edge as
/// `{"code","message","description","moreInfo","error"}`.
///
/// Capabilities add their entries as static members in `Model/Errors/`, a file a capability.
public struct CatalogueError: Error, Sendable, Hashable {
    /// One finding of a list, for instance of a validation.
    public struct Detail: Sendable, Hashable {
        public var code: String
        public var message: String
        public var description: String

        public init(code: String, message: String, description: String = "") {
            self.code = code
            self.message = message
            self.description = description
        }
    }

    /// The platform's number, for instance 900300, or the HTTP status where the catalogue has no number.
    public var code: Int
    public var status: Int
    public var message: String
    public var description: String
    public var details: [Detail]

    public init(code: Int, status: Int, message: String, description: String? = nil, details: [Detail] = []) {
        self.code = code
        self.status = status
        self.message = message
        self.description = description ?? message
        self.details = details
    }
}

extension CatalogueError {
    public static func badRequest(_ description: String) -> Self {
        Self(code: 400, status: 400, message: "Bad Request", description: description)
    }

    public static func unauthorized(_ description: String) -> Self {
        Self(code: 401, status: 401, message: "", description: description)
    }

    public static func forbidden(_ description: String) -> Self {
        Self(code: 403, status: 403, message: "Forbidden", description: description)
    }

    /// Also the answer for things of another tenant, so that their existence does not show.
    public static func notFound(_ kind: String, id: String) -> Self {
        Self(code: 404, status: 404, message: "Not Found", description: "Requested \(kind) with Id '\(id)' not found")
    }

    public static func conflict(_ description: String) -> Self {
        Self(code: 409, status: 409, message: "Conflict", description: description)
    }

    public static func alreadyExists(_ description: String) -> Self {
        Self(code: 409, status: 409, message: "Resource Already Exists", description: description)
    }

    public static let preconditionFailed = Self(code: 412, status: 412, message: "Precondition Failed")

    public static let internalServerError = Self(
        code: 500, status: 500, message: "Internal server error",
        description: "The server encountered an internal error. Please contact administrator.")
}
