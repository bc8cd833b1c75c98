/// A revision of an API on one gateway environment.
public struct RevisionDeployment: Sendable, Hashable {
    /// The revision's UUID.
    public var revisionID: String
    /// Name of the environment.
    public var environment: String
    /// Host name under which the environment serves the API.
    public var vhost: String
    /// Whether the developer portal shows this environment's addresses.
    public var displaysOnDevPortal: Bool
    /// When it was deployed, milliseconds since 1970.
    public var deployedMilliseconds: Int64

    public init(
        revisionID: String, environment: String, vhost: String, displaysOnDevPortal: Bool, deployedMilliseconds: Int64
    ) {
        self.revisionID = revisionID
        self.environment = environment
        self.vhost = vhost
        self.displaysOnDevPortal = displaysOnDevPortal
        self.deployedMilliseconds = deployedMilliseconds
    }
}
