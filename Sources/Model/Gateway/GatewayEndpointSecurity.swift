/// How the gateway proves itself to the backends of one key type (`docs/endpoints.md`). What it sends replaces a credential of the
/// same kind that the client sent.
public enum GatewayEndpointSecurity: Sendable, Hashable, Codable {
    /// `Authorization: Basic` (RFC 7617).
    case basic(username: String, password: GatewaySecret)
    /// Answers the backend's challenge with `Authorization: Digest` (RFC 7616).
    case digest(username: String, password: GatewaySecret)
    /// `Authorization: Bearer` with a token that the gateway gets by itself.
    case oauth(GatewayEndpointOAuth)
    /// A fixed key in a header or a query parameter.
    case apiKey(name: String, place: GatewayAPIKeyPlace, value: GatewaySecret)
    /// Signature Version 4 of Amazon Web Services.
    case awsSignature(accessKey: String, secretKey: GatewaySecret, region: String, service: String)
}

/// Where a key for a backend goes.
public enum GatewayAPIKeyPlace: String, Sendable, Hashable, Codable {
    case header = "HEADER"
    case query = "QUERY_PARAMETER"
}

/// How the gateway gets a token for a backend (RFC 6749 §4.3 and §4.4).
public struct GatewayEndpointOAuth: Sendable, Hashable, Codable {
    public enum Grant: Sendable, Hashable, Codable {
        case clientCredentials
        case password(username: String, password: GatewaySecret)
    }

    public var grant: Grant
    /// `http://` or `https://` URL of the token endpoint.
    public var tokenURL: String
    public var clientID: String
    public var clientSecret: GatewaySecret
    /// Further form fields of the token request, for instance `scope`, in order.
    public var parameters: [Parameter]
    /// Time until the token endpoint has answered; `nil`: the gateway's default.
    public var timeoutMilliseconds: Int?
    /// The HTTP proxy in front of the token endpoint.
    public var proxy: GatewayProxy?

    public struct Parameter: Sendable, Hashable, Codable {
        public var name: String
        public var value: GatewaySecret

        public init(name: String, value: GatewaySecret) {
            self.name = name
            self.value = value
        }
    }

    public init(
        grant: Grant, tokenURL: String, clientID: String, clientSecret: GatewaySecret, parameters: [Parameter] = [],
        timeoutMilliseconds: Int? = nil, proxy: GatewayProxy? = nil
    ) {
        self.grant = grant
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.parameters = parameters
        self.timeoutMilliseconds = timeoutMilliseconds
        self.proxy = proxy
    }
}

/// An HTTP proxy on the way to another server.
public struct GatewayProxy: Sendable, Hashable, Codable {
    public var host: String
    public var port: Int
    /// Whether the connection to the proxy itself is TLS.
    public var isTLS: Bool
    /// Empty when the proxy asks for none.
    public var username: String
    public var password: GatewaySecret

    public init(host: String, port: Int, isTLS: Bool, username: String, password: GatewaySecret) {
        self.host = host
        self.port = port
        self.isTLS = isTLS
        self.username = username
        self.password = password
    }
}
