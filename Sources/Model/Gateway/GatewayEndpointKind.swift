/// What answers the calls of an API.
public enum GatewayEndpointKind: Sendable, Hashable, Codable {
    /// The addresses of the groups for production and sandbox, by their strategy: single, load balanced or failover.
    case addresses
    /// Wherever a request policy sends the call; the groups give timeouts and security only. A call for which no policy sets a
    /// destination fails.
    case dynamic
    /// The gateway itself, with the answers of each operation's ``GatewayOperation/mock``.
    case mock
    /// Functions of AWS Lambda, named by each operation's ``GatewayOperation/lambda``.
    case lambda(GatewayLambdaAccess)
}

/// In whose name functions are called.
public struct GatewayLambdaAccess: Sendable, Hashable, Codable {
    /// `nil`: the role of the machine that the gateway runs on.
    public var accessKey: String?
    public var secretKey: GatewaySecret?
    /// AWS region of the functions; `nil`: that of the machine.
    public var region: String?
    /// A role to take on first; `nil`: none.
    public var role: GatewayLambdaRole?

    public init(accessKey: String?, secretKey: GatewaySecret?, region: String?, role: GatewayLambdaRole?) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.region = region
        self.role = role
    }
}

/// A role that the gateway takes on before it calls a function.
public struct GatewayLambdaRole: Sendable, Hashable, Codable {
    /// Amazon Resource Name of the role.
    public var resourceName: String
    public var sessionName: String
    public var region: String

    public init(resourceName: String, sessionName: String, region: String) {
        self.resourceName = resourceName
        self.sessionName = sessionName
        self.region = region
    }
}

/// The function behind one operation.
public struct GatewayLambdaFunction: Sendable, Hashable, Codable {
    /// Amazon Resource Name of the function.
    public var resourceName: String
    /// 1 000 to 900 000; default 50 000.
    public var timeoutMilliseconds: Int
    /// Whether the request's body is sent in Base64.
    public var encodesContent: Bool

    public init(resourceName: String, timeoutMilliseconds: Int = 50_000, encodesContent: Bool = false) {
        self.resourceName = resourceName
        self.timeoutMilliseconds = timeoutMilliseconds
        self.encodesContent = encodesContent
    }
}

/// The answers that the gateway gives by itself for one operation.
///
/// A call chooses the status with the query parameter `responseCode` and the media type with `Accept`; what has no answer, or names none,
/// gets the first of ``responses``.
public struct GatewayMock: Sendable, Hashable, Codable {
    /// In order of preference; at least one.
    public var responses: [Response]

    public init(responses: [Response]) { self.responses = responses }

    public struct Response: Sendable, Hashable, Codable {
        /// HTTP status.
        public var status: Int
        /// Empty for an answer without body.
        public var mediaType: String
        public var body: String
        public var headers: [String: String]

        public init(status: Int, mediaType: String, body: String, headers: [String: String] = [:]) {
            self.status = status
            self.mediaType = mediaType
            self.body = body
            self.headers = headers
        }
    }
}
