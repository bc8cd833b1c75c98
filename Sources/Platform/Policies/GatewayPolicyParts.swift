import GatewayCore
import GatewayPolicies
import Logging
import Model
import OutgoingHTTP
import Scripting
import Settings
import Storage

/// The policies that the gateway of this process runs, as the settings say.
struct GatewayPolicyParts: Sendable {
    let catalogue: PolicyCatalogue
    /// One-time tokens as they are used.
    let spentTokens: AsyncStream<SpentToken>

    /// Throws a ``StartProblem`` if the settings of the proxy are not complete.
    init(settings: Settings, logger: Logger) throws {
        let (tokens, spent) = AsyncStream.makeStream(of: SpentToken.self)
        spentTokens = tokens
        var limits = PolicyLimits()
        limits.contentBytes = settings[SettingsTable.policyBodyBytes]
        var scripts = ScriptLimits()
        scripts.memory = settings[SettingsTable.scriptMemory]
        scripts.instructions = UInt64(settings[SettingsTable.scriptInstructions])
        scripts.processorTime = Int64(settings[SettingsTable.scriptMilliseconds]) * 1_000_000
        var logger = logger
        logger[metadataKey: "part"] = "policies"
        catalogue = PolicyCatalogue(
            services: PolicyServices(
                logger: logger,
                fetcher: OutgoingFetcher(policy: .endpoint(), proxy: try EgressProxy(settings: settings), logger: logger),
                oneTimeTokens: OneTimeTokens { spent.yield($0) }, limits: limits, scripts: scripts))
    }
}
