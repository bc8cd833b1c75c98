import Model

/// What holds for APIs that say nothing of their own.
public struct SnapshotDefaults: Sendable {
    /// Cross-origin rules; `nil` switches cross-origin answers off.
    public var cors: GatewayCORS?
    /// The header of access tokens (`apim.oauth_config.auth_header`).
    public var authorizationHeader: String
    /// The kinds of conditions of advanced policies that count.
    public var conditions: ConditionKinds
    /// The proxy on the way to upstreams.
    public var proxy: EgressProxy?
    /// How endpoints are checked.
    public var healthChecks: HealthCheckDefaults

    public init(
        cors: GatewayCORS? = .gatewayDefault, authorizationHeader: String = "Authorization",
        conditions: ConditionKinds = ConditionKinds(), proxy: EgressProxy? = nil,
        healthChecks: HealthCheckDefaults = HealthCheckDefaults()
    ) {
        self.cors = cors
        self.conditions = conditions
        self.proxy = proxy
        self.healthChecks = healthChecks
        self.authorizationHeader = authorizationHeader.isEmpty ? "Authorization" : authorizationHeader
    }
}
