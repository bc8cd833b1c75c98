/// Errors of throttling policies.
extension CatalogueError {
    /// A required text is empty or only blanks.
    public static func blankProperty(_ property: String) -> Self {
        Self(
            code: 900705, status: 400, message: "Blank value for required property",
            description: "\(property) property value can not be blank")
    }

    public static func invalidCharacters(in property: String) -> Self {
        Self(
            code: 900706, status: 400, message: "contain invalid characters",
            description: "\(property) property value contains invalid characters")
    }

    public static func throttlingPolicyExists(_ name: String, level: ThrottlingLevel) -> Self {
        .alreadyExists("A throttling policy with the name '\(name)' already exists on the \(level.rawValue) level")
    }

    public static func throttlingPolicyNotFound(_ name: String, type: String) -> Self {
        Self(
            code: 903005, status: 404, message: "Throttling Policy Not Found",
            description: "There is no throttling policy '\(name)' of type '\(type)'")
    }

    /// A limit names a quota type whose object is missing.
    public static func missingQuota(_ member: String, type: String) -> Self {
        .badRequest("\(member) object corresponding to type \(type) not provided")
    }

    public static func unsupportedLimitType(_ type: String) -> Self {
        Self(
            code: 900960, status: 400, message: "Throttle Policy Error",
            description: "The limit type '\(type)' is not supported on this level")
    }

    public static func unsupportedCondition(_ reason: String) -> Self {
        Self(code: 900975, status: 400, message: "Throttle Condition Error", description: reason)
    }

    /// `reason` names the member, the place in it and what is wrong there.
    public static func invalidCustomRule(_ reason: String) -> Self { .badRequest(reason) }

    public static func denyPolicyExists(_ type: String) -> Self {
        .alreadyExists("A deny policy of the type \(type) with this value already exists")
    }

    public static func denyPolicyWithoutAPI(_ context: String) -> Self {
        .badRequest("Invalid API context: no API has the context '\(context)'; it includes the version, as in /pizza/1.0.0")
    }

    public static func denyPolicyWithoutApplication(_ name: String) -> Self {
        .badRequest("Invalid application name: there is no application '\(name)'; expected owner:name")
    }

    public static let unsupportedPolicyLevel = Self(
        code: 900968, status: 400, message: "Throttle Policy level invalid",
        description: "The type is one of sub, app, api and global")

    /// An advanced policy is assigned to an API or an operation.
    public static func advancedPolicyInUse(_ name: String) -> Self {
        Self(
            code: 900971, status: 403, message: "Cannot delete the advanced throttling policy",
            description: "The policy '\(name)' is assigned to an API or to an operation")
    }

    /// An application or subscription policy is in use.
    public static func throttlingPolicyInUse(_ name: String) -> Self {
        .conflict("The policy '\(name)' is in use, so it cannot be deleted")
    }

    /// The quota type of a plan for AI APIs never changes.
    public static let quotaTypeIsFixed = Self(
        code: 900974, status: 400, message: "Bad Request",
        description: "The quota type of a subscription policy for AI APIs cannot be changed")

    public static let rolesAreEmpty = Self(
        code: 900600, status: 400, message: "Role list cannot be empty",
        description: "A permission needs at least one role")
}

/// Errors of gateway environments.
extension CatalogueError {
    public static func environmentNotFound(_ id: String) -> Self {
        Self(
            code: 900506, status: 404, message: "Gateway Environment not found",
            description: "There is no gateway environment with the id '\(id)'")
    }

    public static func environmentExists(_ name: String) -> Self {
        Self(
            code: 900507, status: 400, message: "Gateway Environment already exists",
            description: "A gateway environment with the name '\(name)' already exists")
    }

    /// The environment comes from the configuration file.
    public static func environmentIsReadOnly(_ name: String) -> Self {
        Self(
            code: 900508, status: 400, message: "Gateway Environment is read only",
            description: "The gateway environment '\(name)' comes from the configuration file")
    }

    public static func duplicateVirtualHost(_ host: String) -> Self {
        Self(
            code: 900509, status: 400, message: "Gateway Environment with duplicate virtual hosts",
            description: "The virtual host '\(host)' is listed more than once")
    }

    public static let environmentNameIsFixed = Self(
        code: 900510, status: 400, message: "Names of Gateway Environment cannot be changed")

    public static func environmentHasDeployments(_ id: String) -> Self {
        Self(
            code: 900515, status: 409, message: "API Revisions Deployed to Gateway Environment Exist",
            description: "API revisions are deployed to the gateway environment '\(id)'")
    }

    public static func environmentHasPolicies(_ id: String) -> Self {
        Self(
            code: 900516, status: 409, message: "Active Gateway Policy Deployments Exist",
            description: "Gateway policies are deployed to the gateway environment '\(id)'")
    }
}
