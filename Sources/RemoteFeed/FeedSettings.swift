import Model

/// What a gateway that runs apart is told.
public struct FeedSettings: Sendable {
    /// `https://host:port` of the control plane.
    public var controlPlane: String
    /// A secret.
    public var token: String
    /// PEM text of the authorities to trust beside those of the system; empty for none.
    public var trustedCertificates: String
    public var gatewayID: String
    /// Names of the gateway environments that it serves.
    public var environments: [String]
    /// Domains of the tenants that it loads; empty for all.
    public var tenants: [String]
    /// How clients reach it, for the lists of administrators.
    public var host: String
    public var version: String
    /// Where it keeps its memory.
    public var folder: String
    /// Time between two signs of life, unless the control plane asks for another.
    public var heartbeatSeconds: Int

    public init(
        controlPlane: String, token: String, trustedCertificates: String = "", gatewayID: String, environments: [String],
        tenants: [String] = [], host: String = "", version: String, folder: String, heartbeatSeconds: Int = 30
    ) {
        self.controlPlane = controlPlane
        self.token = token
        self.trustedCertificates = trustedCertificates
        self.gatewayID = gatewayID
        self.environments = environments
        self.tenants = tenants
        self.host = host
        self.version = version
        self.folder = folder
        self.heartbeatSeconds = heartbeatSeconds
    }
}
