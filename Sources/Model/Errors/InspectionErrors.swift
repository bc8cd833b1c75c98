/// Errors of what a gateway tells of itself.
extension CatalogueError {
    public static let inspectionDenied = Self.forbidden(
        "Only administrators may look into a gateway, and those of a tenant see that tenant only")

    public static func notServed(api: String) -> Self {
        Self(
            code: 404, status: 404, message: "Not Found", description: "This gateway does not have the API '\(api)'")
    }

    public static let subscriptionUnnamed = Self.badRequest("A subscription is named by apiUUID and appUUID together")

    /// A gateway that runs apart, without an account in its configuration.
    public static let gatewayHasNoUsers = Self(
        code: 900901, status: 401, message: "Invalid Credentials",
        description: "This gateway has no accounts; give its configuration super_admin.username and super_admin.password")

    public static let noGatewayHere = Self(
        code: 503, status: 503, message: "Service Unavailable", description: "No gateway runs in this process")

    public static let gatewayMemoryUnreadable = Self(
        code: 503, status: 503, message: "Service Unavailable",
        description: "What this gateway remembers on its disk cannot be read; it goes on serving")
}
