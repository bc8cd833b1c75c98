/// Errors of the publisher: lifecycle, editing rights, scopes.
extension CatalogueError {
    public static func updateForbidden(inState state: LifecycleState) -> Self {
        Self(
            code: 900380, status: 403, message: "Insufficient permission to update the API",
            description: "Updating an API that is \(state.rawValue) needs a publisher's permission")
    }

    public static func accessControlDenies(_ user: String) -> Self {
        Self(
            code: 903222, status: 403, message: "User is not authorized to view or modify the api",
            description: "\(user) holds none of the API's access control roles")
    }

    public static func publishingNeedsEndpoint(_ id: String) -> Self {
        Self(
            code: 903223, status: 400, message: "Failed to publish service to API store. No endpoint selected",
            description: "The API \(id) has no endpoint")
    }

    public static func publishingNeedsPlan(_ id: String) -> Self {
        Self(
            code: 903224, status: 400, message: "Failed to publish service to API store. No Tiers selected",
            description: "The API \(id) has no business plan")
    }

    public static func lifecycleActionUnsupported(_ action: String, allowed: [LifecycleAction]) -> Self {
        let names = allowed.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return Self(
            code: 903234, status: 400, message: "Unsupported state change action",
            description: "The action '\(action)' is not allowed. Allowed actions are [\(names)]")
    }

    public static func retireOfDiscovered(_ id: String) -> Self {
        Self(
            code: 900517, status: 400,
            message: "Retire action is not allowed for the API which is initiated from the Gateway",
            description: "The API \(id) is managed by its gateway")
    }

    public static let noPendingTask = Self(
        code: 900557, status: 412, message: "Workflow error", description: "No task waits on this resource")

    public static func scopeAssignedToOtherAPI(_ scope: String) -> Self {
        Self(
            code: 900988, status: 400, message: "Scope already assigned locally by another API",
            description: "The scope '\(scope)' belongs to another API")
    }

    public static func scopeRoleUnknown(_ role: String) -> Self {
        Self(code: 903250, status: 404, message: "Role does not exist", description: "There is no role '\(role)'")
    }

    public static func sharedScopeNotFound(_ id: String) -> Self {
        Self(
            code: 900981, status: 404, message: "Shared Scope not found",
            description: "Shared Scope with id '\(id)' not found")
    }

    public static let sharedScopeNameMissing = Self(
        code: 900983, status: 400, message: "Shared Scope name not specified")

    public static let sharedScopeDisplayNameMissing = Self(
        code: 900987, status: 400, message: "Shared Scope display name not specified")

    public static func scopeExists(_ name: String) -> Self {
        Self(
            code: 900984, status: 409, message: "Scope already exists",
            description: "Scope '\(name)' is already registered")
    }

    public static func sharedScopeAttached(_ name: String) -> Self {
        Self(
            code: 900985, status: 409, message: "Shared Scope already attached",
            description: "Shared Scope '\(name)' is used by one or more APIs")
    }
}
