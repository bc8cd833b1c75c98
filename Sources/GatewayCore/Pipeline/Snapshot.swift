/// Everything that the gateway knows, compiled and immutable. Made by a ``SnapshotBuilder``; consecutive snapshots share what did not
/// change.
public final class Snapshot: Sendable {
    let apis: ChunkedArray<CompiledAPI>
    let contexts: ContextIndex
    let applications: ChunkedArray<CompiledApplication>
    let policies: ChunkedArray<CompiledPolicy>
    let credentials: CredentialDirectory
    let denials: DenyDirectory
    let customRules: CustomRuleDirectory
    /// The endpoints that want to be asked whether they are well.
    package let healthChecks: [HealthCheckedEndpoint]
    let tokenKeys: TokenKeyDirectory
    /// Certificates that count for upstreams.
    public let upstreamTrust: UpstreamTrustDirectory
    let logging: LoggingDirectory
    let globalPolicies: GlobalPolicies

    init(
        apis: ChunkedArray<CompiledAPI>, contexts: ContextIndex, applications: ChunkedArray<CompiledApplication>,
        policies: ChunkedArray<CompiledPolicy>, credentials: CredentialDirectory,
        denials: DenyDirectory, customRules: CustomRuleDirectory, tokenKeys: TokenKeyDirectory,
        globalPolicies: GlobalPolicies, logging: LoggingDirectory, upstreamTrust: UpstreamTrustDirectory,
        healthChecks: [HealthCheckedEndpoint]
    ) {
        self.apis = apis
        self.contexts = contexts
        self.applications = applications
        self.policies = policies
        self.credentials = credentials
        self.denials = denials
        self.customRules = customRules
        self.healthChecks = healthChecks
        self.tokenKeys = tokenKeys
        self.upstreamTrust = upstreamTrust
        self.logging = logging
        self.globalPolicies = globalPolicies
    }

    /// The snapshot of a gateway that knows nothing yet.
    public static let empty = SnapshotBuilder().build()
}
