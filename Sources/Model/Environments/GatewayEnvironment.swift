/// A set of gateways to which API revisions are deployed together.
public struct GatewayEnvironment: Sendable, Hashable, Codable {
    /// Who may deploy to the environment.
    public struct Permission: Sendable, Hashable, Codable {
        /// `PUBLIC`, `ALLOW` or `DENY`.
        public var kind: String
        public var roles: [String]

        public init(kind: String = "PUBLIC", roles: [String] = []) {
            self.kind = kind
            self.roles = roles
        }
    }

    /// A protocol with the address under which it is served.
    public struct EndpointURI: Sendable, Hashable, Codable {
        public var scheme: String
        public var uri: String

        public init(scheme: String, uri: String) {
            self.scheme = scheme
            self.uri = uri
        }
    }

    /// A setting of the environment's connector.
    public struct Property: Sendable, Hashable, Codable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// UUID; of an environment out of the configuration file its name.
    public var id: String
    /// Unique in the tenant; never changes.
    public var name: String
    public var displayName: String
    public var description: String
    /// `wso2` or `external`.
    public var provider: String
    /// `hybrid`, `production` or `sandbox`.
    public var type: String
    /// `Regular`, `APK`, `AWS`, `Azure`, `Kong`, `Envoy`.
    public var gatewayType: String
    /// `READ_ONLY`, `WRITE_ONLY` or `READ_WRITE`.
    public var mode: String
    /// Minutes between two discoveries of APIs.
    public var discoveryMinutes: Int
    /// From the configuration file, so not editable.
    public var isReadOnly: Bool
    /// Never empty.
    public var virtualHosts: [VirtualHost]
    public var endpointURIs: [EndpointURI]
    public var properties: [Property]
    public var permission: Permission

    public init(
        id: String, name: String, displayName: String, description: String = "", provider: String = "wso2",
        type: String = "hybrid", gatewayType: String = "Regular", mode: String = "WRITE_ONLY", discoveryMinutes: Int = 60,
        isReadOnly: Bool = false, virtualHosts: [VirtualHost], endpointURIs: [EndpointURI] = [],
        properties: [Property] = [], permission: Permission = Permission()
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.description = description
        self.provider = provider
        self.type = type
        self.gatewayType = gatewayType
        self.mode = mode
        self.discoveryMinutes = discoveryMinutes
        self.isReadOnly = isReadOnly
        self.virtualHosts = virtualHosts
        self.endpointURIs = endpointURIs
        self.properties = properties
        self.permission = permission
    }

    /// The only type of keys with which APIs are called there; `nil` for both.
    public var keyType: KeyType? {
        switch type.lowercased() {
        case "production": .production
        case "sandbox": .sandbox
        default: nil
        }
    }

    /// The environment that exists without any configuration.
    public static func shipped(host: String, httpPort: Int = 8280, httpsPort: Int = 8243) -> GatewayEnvironment {
        GatewayEnvironment(
            id: "Default", name: "Default", displayName: "Default",
            description: "The gateway of this installation, for production and sandbox keys", isReadOnly: true,
            virtualHosts: [VirtualHost(host: host, httpPort: httpPort, httpsPort: httpsPort)])
    }
}

/// A host name under which an environment serves APIs.
public struct VirtualHost: Sendable, Hashable, Codable {
    public var host: String
    /// Path prefix in front of all contexts, empty or without slashes at its ends.
    public var httpContext: String
    public var httpPort: Int
    public var httpsPort: Int
    public var webSocketHost: String
    public var webSocketPort: Int
    public var secureWebSocketHost: String
    public var secureWebSocketPort: Int

    public init(
        host: String, httpContext: String = "", httpPort: Int = 80, httpsPort: Int = 443, webSocketHost: String? = nil,
        webSocketPort: Int = 9099, secureWebSocketHost: String? = nil, secureWebSocketPort: Int = 8099
    ) {
        self.host = host
        self.httpContext = httpContext
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.webSocketHost = webSocketHost ?? host
        self.webSocketPort = webSocketPort
        self.secureWebSocketHost = secureWebSocketHost ?? host
        self.secureWebSocketPort = secureWebSocketPort
    }
}

extension VirtualHost {
    /// Address of `path` over plain HTTP; standard ports are left out.
    public func httpURL(_ path: String) -> String { url("http", host, httpPort, standard: 80, path) }

    /// Address of `path` over TLS; standard ports are left out.
    public func httpsURL(_ path: String) -> String { url("https", host, httpsPort, standard: 443, path) }

    private func url(_ scheme: String, _ host: String, _ port: Int, standard: Int, _ path: String) -> String {
        let authority = port == standard ? host : "\(host):\(port)"
        let prefix = httpContext.isEmpty ? "" : "/" + httpContext
        return "\(scheme)://\(authority)\(prefix)\(path)"
    }
}

extension GatewayEnvironment {
    /// Name of the environment that every installation has: its own gateway.
    public static let installationName = "Default"

    /// Whether this is the installation's own gateway, which also serves names that are no virtual host of any environment.
    public var isInstallation: Bool { name == Self.installationName }
}
