import Model

/// How many gateways of an environment there are, how many serve the deployed revision, and how many could not take it.
public struct DeploymentCount: Sendable, Hashable {
    public var live: Int
    public var deployed: Int
    public var failed: Int

    public init(live: Int, deployed: Int, failed: Int) {
        self.live = live
        self.deployed = deployed
        self.failed = failed
    }
}

/// What gateways do with deployments, as publishers see it.
public protocol DeploymentStatus: Sendable {
    /// By name of the environment; those of which nothing is known are missing.
    func counts(ofAPI id: String, tenant: Tenant) async throws -> [String: DeploymentCount]
}

/// For installations of which nothing is known.
public struct NoDeploymentStatus: DeploymentStatus {
    public init() {}

    public func counts(ofAPI id: String, tenant: Tenant) async throws -> [String: DeploymentCount] { [:] }
}
