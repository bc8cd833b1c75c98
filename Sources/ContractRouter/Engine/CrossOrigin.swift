/// Cross-origin rules of the management APIs (the Fetch standard's CORS protocol): only pages of configured origins may call.
struct CrossOrigin {
    private let origin: String?
    private let configuration: EngineConfiguration

    init(_ incoming: IncomingRequest, _ configuration: EngineConfiguration) {
        origin = incoming.header("origin")
        self.configuration = configuration
    }

    private var isListed: Bool { origin.map(configuration.allowedOrigins.contains) ?? false }
    var isAllowed: Bool { origin != nil && (isListed || configuration.allowedOrigins.contains("*")) }

    /// Headers of every answer to an allowed origin. Credentials never go with the wildcard.
    var headers: [(name: String, value: String)] {
        guard isAllowed, let origin else { return configuration.allowedOrigins.isEmpty ? [] : [("Vary", "Origin")] }
        let common = [("Access-Control-Expose-Headers", "ETag, Location, activityid"), ("Vary", "Origin")]
        return isListed
            ? [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")] + common
            : [("Access-Control-Allow-Origin", "*")] + common
    }

    func preflight(methods: [String]) -> [(name: String, value: String)] {
        [
            ("Access-Control-Allow-Methods", methods.joined(separator: ", ")),
            (
                "Access-Control-Allow-Headers",
                "Authorization, Content-Type, Accept, If-Match, If-None-Match, X-WSO2-Tenant, activityid"
            ),
            ("Access-Control-Max-Age", "600"),
        ]
    }
}
