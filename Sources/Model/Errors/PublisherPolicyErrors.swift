/// Errors of the publisher: operation policies.
extension CatalogueError {
    public static func operationPolicyUnknown(_ name: String) -> Self {
        Self(
            code: 902005, status: 400, message: "Cannot find the selected api policy",
            description: "There is no policy '\(name)'")
    }

    public static func policySpecificationInvalid(_ reason: String) -> Self {
        Self(code: 902006, status: 400, message: "Invalid api policy specification found", description: reason)
    }

    public static func operationPolicyNotAllowed(_ policy: String, flow: String) -> Self {
        Self(
            code: 902008, status: 400, message: "API policy is not allowed in the applied flow",
            description: "The policy \(policy) is not for the \(flow) flow of such APIs")
    }

    public static func operationPolicyAttributesMissing(_ names: [String], policy: String) -> Self {
        Self(
            code: 902009, status: 400, message: "Missing mandatory api policy attribute",
            description:
                "Required attributes \(names.joined(separator: ", ")) for api policy specification \(policy) are missing")
    }

    public static func operationPolicyNotFound(_ id: String) -> Self {
        Self(
            code: 902010, status: 404, message: "API Policy Not Found",
            description: "Requested api policy with id '\(id)' not found")
    }

    public static func operationPolicyNotRunnable(_ policy: String) -> Self {
        Self(
            code: 902011, status: 400, message: "Error while validating API policies enforced for the API",
            description:
                "The policy \(policy) is a template for other gateways; this platform runs its own policies and Lua scripts")
    }

    public static func operationPolicyExists(name: String, version: String) -> Self {
        Self(
            code: 903001, status: 409, message: "The API Policy already exists.",
            description: "An API Policy with name \(name) and version \(version) already exists")
    }

    public static func operationPolicyNotFound(name: String, version: String) -> Self {
        Self(
            code: 903004, status: 404, message: "API Policy Not Found with given name and version",
            description: "Requested policy with name '\(name)' and version '\(version)' not found")
    }

    public static let policyDefinitionMissing = Self(
        code: 903008, status: 400, message: "Either Synapse or Choreo Gateway Definition files or both should be present")

    public static func operationPolicyNameInvalid(name: String, version: String, id: String) -> Self {
        Self(
            code: 903211, status: 400, message: "Invalid operation policy name or version",
            description: "The policy with id \(id) is not \(name) \(version)")
    }

    public static func operationPolicyParameterInvalid(_ attribute: String) -> Self {
        Self(
            code: 903212, status: 400, message: "Invalid operation policy parameters",
            description: "The value of the attribute '\(attribute)' is not of the form that the policy asks for")
    }

    public static func operationPolicyParametersInvalid(_ policy: String, _ reason: String) -> Self {
        Self(
            code: 903212, status: 400, message: "Invalid operation policy parameters",
            description: "The policy \(policy) cannot run: \(reason)")
    }

    public static func operationPolicyInUse(_ policy: String, by user: String) -> Self {
        .conflict("The policy \(policy) is in use by \(user)")
    }

    public static func shippedPolicyFixed(_ policy: String) -> Self {
        .conflict("The policy \(policy) is part of the product and cannot be deleted")
    }

    public static func gatewayPolicyDeployed(_ name: String, to environments: [String]) -> Self {
        Self(
            code: 412, status: 412, message: "Precondition Failed",
            description: "The gateway policy \(name) is deployed to \(environments.joined(separator: ", "))")
    }
}
