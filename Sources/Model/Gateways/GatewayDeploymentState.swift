/// What one gateway does with an API that is deployed on its environment.
public struct GatewayDeploymentState: Sendable, Hashable {
    public enum Status: String, Sendable {
        /// Serves the revision that is deployed.
        case live = "LIVE"
        /// Has not acknowledged yet.
        case pending = "PENDING"
        /// Could not take it.
        case failed = "FAILED"
    }

    public var gateway: String
    public var environment: String
    public var status: Status
    /// The revision that the gateway serves; `nil` when it serves none, or when the log no longer tells.
    public var revisionID: String?
    /// Whether the gateway gave a sign of life lately.
    public var isActive: Bool
    /// Why it failed.
    public var message: String?

    public init(
        gateway: String, environment: String, status: Status, revisionID: String?, isActive: Bool, message: String? = nil
    ) {
        self.gateway = gateway
        self.environment = environment
        self.status = status
        self.revisionID = revisionID
        self.isActive = isActive
        self.message = message
    }
}
