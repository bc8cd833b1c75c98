/// Errors of API products.
extension CatalogueError {
    public static func productNotFound(_ id: String) -> Self {
        Self(
            code: 900360, status: 404, message: "API Product Not Found",
            description: "Requested API Product with id '\(id)' not found")
    }

    public static func productResourceTwice(_ verb: String, _ target: String) -> Self {
        Self(
            code: 900341, status: 400, message: "Cannot create API Product with duplicate resource",
            description: "The operation \(verb) \(target) is in the product twice")
    }

    public static func productEndpointsMissing(_ product: String, apis: [String]) -> Self {
        Self(
            code: 900342, status: 409,
            message: "Cannot create API Product, due to resources with undefined endpoints in their parent APIs",
            description: "The API Product \(product) needs endpoints in the APIs \(apis.joined(separator: ", "))")
    }

    public static func productMemberState(_ api: String, state: LifecycleState) -> Self {
        Self(
            code: 900343, status: 409,
            message:
                "Cannot create API Product, due to resources parent API being in an unsupported Life Cycle state",
            description: "The API \(api) is in the state \(state.rawValue)")
    }

    /// An API would lose operations that products consist of.
    public static func productUsesResources(_ name: String, _ version: String) -> Self {
        Self(
            code: 900344, status: 409,
            message: "Cannot remove the resource paths because they are used by one or more API Products",
            description: "API Products use operations that \(name) \(version) would no longer have")
    }

    public static func productUsesAPI(_ id: String) -> Self {
        .conflict("Cannot remove the API \(id) because it is used by one or more API Products")
    }

    /// An API would lose operations that products consist of, by going back to a revision.
    public static func productUsesResourcesOfRevision(_ name: String, _ version: String) -> Self {
        Self(
            code: 900364, status: 400,
            message: "Cannot remove the resource paths because they are used by one or more API Products",
            description: "API Products use operations that the revision of \(name) \(version) does not have")
    }

    public static let productRevisionMissesResources = Self(
        code: 900365, status: 400,
        message: "Cannot restore revision as one or more resources are missing from the associated APIs")

    /// `resources` name operations and their APIs.
    public static func productResourcesMissing(_ resources: [String]) -> Self {
        Self(
            code: 903246, status: 404, message: "Cannot find API resources for some API Product resources.",
            description: "There is no \(resources.joined(separator: ", "))")
    }
}
