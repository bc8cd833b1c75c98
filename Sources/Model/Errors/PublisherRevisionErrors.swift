/// Errors of the publisher: revisions and deployments.
extension CatalogueError {
    public static func revisionNotFound(_ id: String) -> Self {
        Self(
            code: 900347, status: 404, message: "API Revision Not Found",
            description: "Requested API revision with id '\(id)' not found")
    }

    public static func revisionNumberNotFound(_ number: String) -> Self {
        Self(
            code: 903228, status: 404, message: "No revision found",
            description: "No revision found for revision number \(number)")
    }

    public static func revisionDeployed(_ id: String) -> Self {
        Self(
            code: 900348, status: 400, message: "Can not delete API Revision",
            description: "The revision \(id) is deployed; undeploy it first")
    }

    public static func tooManyRevisions(_ id: String, limit: Int) -> Self {
        Self(
            code: 900351, status: 400, message: "Can not create API Revision",
            description: "The API \(id) has \(limit) revisions, which is the maximum; delete one first")
    }

    public static func revisionOfThirdParty(_ id: String) -> Self {
        Self(
            code: 903225, status: 400, message: "Creating API Revisions is not supported for third party APIs",
            description: "The API \(id) is only advertised")
    }

    public static func deploymentOfThirdParty(_ id: String) -> Self {
        Self(
            code: 903226, status: 400, message: "Deploying API Revisions is not supported for third party APIs",
            description: "The API \(id) is only advertised")
    }

    public static func deploymentOfRetired(_ id: String) -> Self {
        Self(
            code: 903227, status: 400, message: "Deploying API Revisions is not supported for retired APIs",
            description: "The API \(id) is retired")
    }

    public static func environmentInvalid(_ name: String) -> Self {
        Self(
            code: 900504, status: 400, message: "Invalid Gateway Environment",
            description: "Invalid Gateway Environment: name '\(name)'")
    }

    public static func environmentReadOnly(_ name: String) -> Self {
        Self(
            code: 900515, status: 400, message: "Gateway environment mode is read only",
            description: "The environment '\(name)' only discovers APIs")
    }

    public static let vhostMissing = Self(
        code: 900511, status: 400, message: "Gateway Environment virtual hosts name not provided")

    public static func vhostInvalid(_ name: String) -> Self {
        Self(
            code: 900512, status: 400, message: "Invalid virtual host name provided",
            description: "The environment has no virtual host '\(name)'")
    }

    public static func deploymentNotFound(_ id: String) -> Self {
        Self(
            code: 900356, status: 404, message: "Existing Deployment Not Found",
            description: "There is no deployment '\(id)'")
    }

    public static let deploymentIDInvalid = Self(code: 900355, status: 400, message: "Deployment Id Not Found")
}
