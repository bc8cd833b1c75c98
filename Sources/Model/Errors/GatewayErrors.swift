/// Errors of gateways that run apart and of what they ask.
extension CatalogueError {
    public static let gatewayTokenInvalid = Self(
        code: 900901, status: 401, message: "Invalid Credentials",
        description: "The gateway token is unknown, damaged or revoked")

    public static func gatewayTokenExists(_ name: String) -> Self {
        .alreadyExists("A gateway token with the name '\(name)' exists already")
    }

    /// An id under which a gateway registers by itself belongs to one with a gateway token.
    public static func gatewayFollowsFeed(_ id: String) -> Self {
        .badRequest("A gateway with the id '\(id)' follows the feed; choose another id")
    }

    public static let gatewayRegistrationIncomplete = Self.badRequest(
        "A notification needs gatewayId, and a registration environmentLabels too")

    public static let gatewayReportDenied = Self.forbidden("Only administrators may speak for gateways")

    public static func gatewayTokenNotFound(_ id: String) -> Self { .notFound("gateway token", id: id) }

    /// The token does not reach what the gateway is configured to serve.
    public static func feedForbidden(environment: String) -> Self {
        .forbidden("The gateway token is not for the environment '\(environment)'")
    }

    public static func feedForbidden(tenant: String) -> Self {
        .forbidden("The gateway token is not for the tenant '\(tenant)'")
    }

    public static func feedSchemaUnsupported(_ asked: String, known: Int) -> Self {
        Self(
            code: 406, status: 406, message: "Not Acceptable",
            description: "The gateway asks for version '\(asked)' of the feed; this control plane speaks version \(known)")
    }

    /// The log does not reach back to where the gateway is; it has to ask for everything.
    public static let feedGone = Self(
        code: 410, status: 410, message: "Gone",
        description: "The changes since that position are no longer known; ask for everything by leaving out the position")

    /// A report for a feed that is not open.
    public static let feedSessionUnknown = Self(
        code: 404, status: 404, message: "Not Found", description: "The feed of this session is not open; connect again")

    /// Of a request that passed untraced, is long ago, or belongs to another tenant.
    public static func decisionNotFound(_ id: String) -> Self { .notFound("decision record", id: id) }
}
