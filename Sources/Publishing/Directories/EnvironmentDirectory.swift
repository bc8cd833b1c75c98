import Model

/// The gateway environments to which a tenant can deploy.
public protocol EnvironmentDirectory: Sendable {
    func environments(of tenant: Tenant) async throws -> [DeploymentEnvironment]
}

/// A gateway environment as publishers see it.
public struct DeploymentEnvironment: Sendable, Hashable {
    /// A host name under which the environment's gateways are reached.
    public struct VirtualHost: Sendable, Hashable {
        public var host: String
        public var httpContext: String
        public var httpPort: Int
        public var httpsPort: Int
        public var wsHost: String
        public var wsPort: Int
        public var wssPort: Int

        public init(
            host: String, httpContext: String = "", httpPort: Int = 80, httpsPort: Int = 443, wsHost: String? = nil,
            wsPort: Int = 9099, wssPort: Int = 8099
        ) {
            self.host = host
            self.httpContext = httpContext
            self.httpPort = httpPort
            self.httpsPort = httpsPort
            self.wsHost = wsHost ?? host
            self.wsPort = wsPort
            self.wssPort = wssPort
        }
    }

    /// UUID; the name for environments of the configuration.
    public var id: String
    public var name: String
    public var displayName: String
    /// `hybrid`, `production` or `sandbox`.
    public var type: String
    /// `Regular`, `APK`, `AWS`, ….
    public var gatewayType: String
    /// `READ_ONLY`, `READ_WRITE` or `WRITE_ONLY`.
    public var mode: String
    /// `wso2` or `external`.
    public var provider: String
    public var showsInConsole: Bool
    public var virtualHosts: [VirtualHost]

    public init(
        id: String, name: String, displayName: String? = nil, type: String = "hybrid", gatewayType: String = "Regular",
        mode: String = "WRITE_ONLY", provider: String = "wso2", showsInConsole: Bool = true, virtualHosts: [VirtualHost]
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName ?? name
        self.type = type
        self.gatewayType = gatewayType
        self.mode = mode
        self.provider = provider
        self.showsInConsole = showsInConsole
        self.virtualHosts = virtualHosts
    }
}

/// A fixed list of environments, the same for every tenant: those of the configuration.
public struct ConfiguredEnvironments: EnvironmentDirectory {
    private let list: [DeploymentEnvironment]

    public init(_ list: [DeploymentEnvironment]) { self.list = list }

    /// The environment that exists without any configuration.
    public init(defaultHost host: String, httpPort: Int, httpsPort: Int) {
        let virtualHost = DeploymentEnvironment.VirtualHost(host: host, httpPort: httpPort, httpsPort: httpsPort)
        self.init([DeploymentEnvironment(id: "Default", name: "Default", virtualHosts: [virtualHost])])
    }

    public func environments(of tenant: Tenant) -> [DeploymentEnvironment] { list }
}
