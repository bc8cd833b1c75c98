/// Errors of key managers as administrators meet them (`docs/key-managers.md`).
extension CatalogueError {
    public static func unknownKeyManagerType(_ type: String) -> Self {
        Self(
            code: 901400, status: 400, message: "Key Manager type not configured",
            description: "There is no key manager type '\(type)'")
    }

    /// `names` are the missing fields or endpoints.
    public static func keyManagerConfigurationMissing(_ names: [String]) -> Self {
        Self(
            code: 901401, status: 400, message: "Required Key Manager configuration missing",
            description: "Missing required configuration: \(names.joined(separator: ", "))")
    }

    public static func keyManagerExists(_ name: String) -> Self {
        Self(
            code: 901402, status: 409, message: "Key Manager Already Exists",
            description: "There is already a key manager '\(name)'")
    }

    public static func keyManagerNotFound(_ id: String) -> Self {
        Self(
            code: 901411, status: 404, message: "Key Manager not found",
            description: "There is no key manager with the id '\(id)'")
    }

    public static func keyManagerInUse(_ reason: String) -> Self {
        Self(code: 902015, status: 412, message: "Key Manager is used", description: reason)
    }

    public static let globalKeyManagersAreForTheSuperTenant = CatalogueError.forbidden(
        "Global key managers are managed by administrators of the super tenant")
}

/// Errors of key managers as developers meet them who want keys.
extension CatalogueError {
    public static func keyManagerIsRestricted(_ name: String) -> Self {
        Self(
            code: 902013, status: 403, message: "Key Manager is restricted",
            description: "You may not use the key manager '\(name)'")
    }

    /// The key manager's configuration forbids the call.
    public static func keyManagerCannot(_ what: String) -> Self {
        Self(
            code: 901405, status: 400, message: "Key Manager doesn't support the operation",
            description: "The key manager does not \(what)")
    }

    /// There is nothing that the platform could call there.
    public static let outOfBandKeyManager = Self(
        code: 901413, status: 501, message: "Operation not implemented for the Key Manager",
        description: "Clients of this key manager are made there; map their keys here")

    public static let clientIDIsMissing = Self(
        code: 901414, status: 400, message: "Client ID is empty", description: "consumerKey must not be empty")

    /// The key manager refused a request; `reason` is what it said.
    public static func keyManagerRefused(_ reason: String) -> Self {
        Self(code: 902003, status: 400, message: "Key Manager rejected the request", description: reason)
    }

    /// The key manager could not be reached, or failed.
    public static func keyManagerFailed(_ reason: String) -> Self {
        Self(code: 902004, status: 500, message: "Key Manager error", description: reason)
    }
}
