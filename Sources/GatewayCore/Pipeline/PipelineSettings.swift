import Model

/// Settings of the pipeline that hold for all APIs and stay the same while the process runs.
public struct PipelineSettings: Sendable {
    /// Whom to ask about passwords, opaque tokens and new keys; without anybody such credentials are refused.
    public var authority: (any CredentialAuthority)?
    /// What backends are told about callers; `nil` for nothing.
    public var backendTokens: BackendTokenSettings?
    /// Who learns which opaque API keys were used.
    public var keyUses: (any KeyUseRecorder)?
    /// How strictly credentials are checked.
    public var credentials = CredentialSettings()
    /// How the gateway proves itself to back ends.
    public var endpointSecurity = EndpointSecuritySettings()
    /// Who calls functions; without anybody, calls of them are refused.
    public var functions: (any FunctionCaller)?
    /// The proxy in front of upstreams that policies choose; that of endpoints stands in the snapshot.
    public var proxy: EgressProxy?
    /// Whether the OAuth2 header goes on to the upstream (`apim.oauth_config.enable_outbound_auth_header`).
    public var passesAuthorization = false
    /// Most credentials that one loop remembers.
    public var credentialCacheCapacity = 16_384
    /// Most credentials a second that one source may have checked and refused; more are refused unchecked.
    public var failedCredentialsPerSecond = 100
    /// Whether answers tell the quotas that the request was counted on (`RateLimit-Policy`, `RateLimit`).
    public var writesRateLimits = true
    /// Longest body that is collected for policies, in bytes.
    public var policyBodyBytes = 10 * 1024 * 1024
    /// Whether access log lines are written.
    public var writesAccessLog = true
    /// Whether analytics events are written.
    public var writesEvents = true
    /// `regionId` of events.
    public var region = "default"
    /// `gatewayType` of events.
    public var gatewayType = "SYNAPSE"

    public init() {}
}
