/// Errors of the publisher: identity of APIs.
extension CatalogueError {
    public static func apiNameExists(_ name: String) -> Self {
        Self(
            code: 900250, status: 409, message: "The API name already exists.",
            description: "An API with name '\(name)' already exists, in this or another letter case")
    }

    public static func contextExists(_ context: String) -> Self {
        Self(
            code: 900251, status: 409, message: "The API context already exists.",
            description: "The API context \(context) already exists.")
    }

    public static func versionExists(_ version: String, name: String) -> Self {
        Self(
            code: 900252, status: 409, message: "The API version already exists.",
            description: "The API version \(version) already exists for the API \(name)")
    }

    /// `reason` says which rule of the context grammar is broken.
    public static func contextMalformed(_ reason: String) -> Self {
        Self(code: 900253, status: 400, message: "The API context is malformed.", description: reason)
    }

    public static func apiExists(name: String, version: String) -> Self {
        Self(
            code: 900300, status: 409, message: "The API already exists.",
            description: "The API \(name) with version \(version) already exists")
    }

    public static func apiNotFound(_ id: String) -> Self {
        Self(
            code: 900308, status: 404, message: "API Not Found", description: "Requested API with id '\(id)' not found")
    }

    public static func differentProvider(_ provider: String) -> Self {
        Self(
            code: 900362, status: 409, message: "New API Version cannot be created from a different provider",
            description: "The versions of this API belong to \(provider)")
    }

    /// `reason` names the member and its limit.
    public static func lengthExceeds(_ reason: String) -> Self {
        Self(code: 900704, status: 400, message: "Character length exceeds the allowable limit", description: reason)
    }

    public static let apiNameMissing = Self(code: 903238, status: 400, message: "API name is required")
    public static let apiVersionMissing = Self(code: 903240, status: 400, message: "API version is required")

    public static func apiNameIllegalCharacters(_ name: String) -> Self {
        Self(
            code: 903239, status: 400, message: "API name contains illegal characters",
            description: "API name '\(name)' contains one of \(APINaming.forbidden)")
    }

    public static func apiVersionIllegalCharacters(_ version: String) -> Self {
        Self(
            code: 903241, status: 400, message: "API version contains illegal characters",
            description: "API version '\(version)' contains a blank or one of \(APINaming.forbidden)")
    }

    public static let apiTypeInvalid = Self(code: 900327, status: 400, message: "API Type specified is invalid.")

    public static let asyncTypeNotCreatable = Self(
        code: 900915, status: 400, message: "API Creation is supported only for WebSocket, WebSub and SSE APIs")
}

/// Errors of the publisher: contents of APIs.
extension CatalogueError {
    public static let tierMissing = Self(
        code: 900304, status: 400, message: "The tier cannot be null.",
        description: "No business plan is attached, and none that is applicable exists")

    public static func tierInvalid(_ names: [String]) -> Self {
        Self(
            code: 900305, status: 400, message: "The tier name is invalid.",
            description: "Unknown business plan: \(names.joined(separator: ", "))")
    }

    public static func propertyInvalid(_ reason: String) -> Self {
        Self(code: 900346, status: 400, message: "Invalid additional properties", description: reason)
    }

    public static func endpointURLInvalid(_ reason: String) -> Self {
        Self(code: 900346, status: 400, message: "Endpoint URL(s) is(are) not valid", description: reason)
    }

    public static func endpointConfigInvalid(_ reason: String) -> Self {
        Self(
            code: 902012, status: 400, message: "Endpoint config value(s) is(are) not valid", description: reason)
    }

    /// `kind` is `production` or `sandbox`.
    public static func endpointURLMissing(_ kind: String) -> Self {
        Self(
            code: 903210, status: 400, message: "Endpoint url not provided",
            description: "Url is not provided for the \(kind) endpoints")
    }

    public static func endpointSecurityInvalid(_ kind: String) -> Self {
        Self(
            code: 903213, status: 400, message: "Invalid endpoint security configuration",
            description: "The \(kind) endpoint security type is not one of NONE, BASIC, DIGEST, OAUTH, apikey, aws")
    }

    /// A mock implementation that gateways cannot give; `reason` ends a sentence.
    public static func mockScriptUnsupported(_ operation: String, reason: String) -> Self {
        .badRequest("The mock implementation of \(operation) cannot be deployed: \(reason)")
    }

    /// Messages cannot be checked against the definition; `reason` names the place.
    public static func schemaValidationImpossible(_ reason: String) -> Self {
        .badRequest("enableSchemaValidation: messages cannot be checked against the definition: \(reason)")
    }

    /// Something that the chosen kind of endpoint security needs is missing or wrong.
    public static func endpointCredentialsInvalid(_ reason: String) -> Self {
        Self(code: 902000, status: 400, message: "Invalid Endpoint Security credentials", description: reason)
    }

    public static func endpointSecurityTypeMissing(_ kind: String) -> Self {
        Self(
            code: 903214, status: 400, message: "Endpoint security type not defined",
            description: "The \(kind) endpoint security has no type")
    }

    public static func advancedPolicyInvalid(_ name: String) -> Self {
        Self(
            code: 900960, status: 400, message: "Throttle Policy Error",
            description: "There is no advanced policy named '\(name)'")
    }

    /// `name` is the API's.
    public static func categoryInvalid(_ name: String) -> Self {
        Self(
            code: 900345, status: 400, message: "The API category is invalid.",
            description: "The API \(name) names a category that does not exist")
    }

    public static func userRolesInvalid(_ reason: String) -> Self {
        Self(code: 900610, status: 400, message: "Invalid user roles found", description: reason)
    }

    public static let visibleRolesMissing = Self(
        code: 900610, status: 400, message: "Access control roles cannot be empty",
        description: "visibility RESTRICTED needs visibleRoles")

    public static let noResources = Self(
        code: 900763, status: 404, message: "No resources found", description: "An API needs at least one operation")

    public static func verbInvalid(_ verb: String, target: String) -> Self {
        Self(
            code: 903201, status: 400, message: "Invalid HTTP method provided for API resource",
            description: "The HTTP method '\(verb)' provided for resource '\(target)' is invalid")
    }

    public static func operationTypeInvalid(_ verb: String, target: String, type: String) -> Self {
        Self(
            code: 903202, status: 400, message: "Invalid operation type provided for API operation",
            description: "The \(type) operation type '\(verb)' provided for operation '\(target)' is invalid")
    }

    public static func operationVerbMissing(_ target: String) -> Self {
        Self(
            code: 902031, status: 400,
            message: "Operation type/http method is not specified for the operation/resource",
            description: "The resource '\(target)' has no verb")
    }

    public static let operationTargetMissing = Self(
        code: 902032, status: 400, message: "Resource URI template value not defined",
        description: "An operation has no target")

    public static let keyManagersNotArray = Self(
        code: 903203, status: 400, message: "KeyManagers value needs to be an array")

    public static func transportUnsupported(_ name: String) -> Self {
        Self(
            code: 903205, status: 400, message: "Unsupported transport",
            description: "'\(name)' is not one of http, https")
    }

    public static func gatewayTypeInvalid(_ reason: String) -> Self {
        Self(code: 902007, status: 400, message: "Invalid Gateway Type", description: reason)
    }

    public static func crossTenantSubscriptionOff() -> Self {
        Self(
            code: 900363, status: 500, message: "Internal Server Error occurred while updating the API",
            description: "Subscriptions of other tenants are switched off, so only CURRENT_TENANT may be set")
    }

    public static let nothingToImport = Self(
        code: 903215, status: 400, message: "'additionalProperties' is required and should not be null")

    public static func additionalPropertiesUnreadable(_ reason: String) -> Self {
        Self(
            code: 903216, status: 400, message: "Error while parsing 'additionalProperties'", description: reason)
    }
}

/// Errors of the publisher: thumbnails.
extension CatalogueError {
    public static let thumbnailEmpty = Self(code: 901003, status: 400, message: "Thumbnail image is empty")

    /// `limit` in bytes.
    public static func thumbnailTooLarge(_ limit: Int) -> Self {
        Self(
            code: 901001, status: 400, message: "Thumbnail image exceeds maximum allowed size",
            description: "A thumbnail has at most \(limit) bytes")
    }
}
