import Counters
import FoundationEssentials
import GatewayCore
import GatewayTransport
import Logging
import Model
import Settings

/// Starts the gateway as the settings say.
struct GatewayAssembly {
    var settings: Settings
    var addresses: PlatformAddresses
    var certificate: CertificateFiles.Texts
    var logs: GatewayLogs
    var quotas: QuotaCounters
    var credentials: CredentialSupport
    var backends: BackendSupport
    var drain: DrainSignal
    var observers: GatewayObservers
    var logger: Logger

    func start(snapshot: Snapshot) async throws -> GatewayServer {
        var gateway = GatewaySettings(listeners: [
            GatewayListener(port: addresses.gatewayHTTPPort),
            GatewayListener(port: addresses.gatewayHTTPSPort, identity: try ListenerIdentity(certificate)),
        ])
        gateway.listeners[1].requestsCertificates = settings[SettingsTable.clientCertificateRequest] == "optional"
        gateway.certificateForwarding = try CertificateForwarding(settings: settings)
        gateway.upstreams = try UpstreamPoolSettings(settings: settings)
        let loops = settings[SettingsTable.gatewayLoops]
        gateway.loops = loops > 0 ? loops : ProcessInfo.processInfo.activeProcessorCount
        gateway.plainTransport = PlainTransport(rawValue: settings[SettingsTable.gatewayTransport]) ?? .nio
        gateway.trustedProxies = TrustedProxies(settings[SettingsTable.trustedProxies])
        gateway.accessLog = logs.access
        gateway.analyticsLog = logs.analytics
        let pipeline = pipelineSettings
        let cache = ResponseCache(
            bytes: settings[SettingsTable.cacheMegabytes] << 20,
            longestBody: settings[SettingsTable.cachedAnswerKilobytes] << 10,
            waitMilliseconds: Int64(settings[SettingsTable.collapsingMilliseconds]))
        return try await GatewayServer.start(gateway) { [quotas, drain, observers] in
            let pipeline = RequestPipeline(
                settings: pipeline, quotas: quotas, snapshot: snapshot, drain: drain, observers: observers)
            pipeline.responseCache = cache
            return pipeline
        }
    }

    private var pipelineSettings: PipelineSettings {
        var pipeline = PipelineSettings()
        pipeline.passesAuthorization = settings[SettingsTable.keepsAuthorization]
        pipeline.policyBodyBytes = settings[SettingsTable.policyBodyBytes]
        pipeline.writesEvents = settings[SettingsTable.analyticsEnabled]
        pipeline.writesRateLimits = settings[SettingsTable.rateLimitFields]
        pipeline.credentials = CredentialSettings(settings: settings)
        pipeline.authority = credentials.authority
        pipeline.keyUses = credentials.keyUses
        pipeline.backendTokens = BackendTokenSettings(settings: settings)
        backends.apply(to: &pipeline, settings: settings)
        return pipeline
    }
}

extension ListenerIdentity {
    init(_ texts: CertificateFiles.Texts) throws {
        try self.init(certificatePEM: texts.chainPEM, privateKeyPEM: texts.keyPEM)
    }
}

extension SnapshotDefaults {
    /// Throws a ``StartProblem`` if the proxy's settings are not complete.
    init(settings: Settings) throws {
        self.init(
            cors: GatewayCORS(settings: settings), authorizationHeader: settings[SettingsTable.authorizationHeader],
            conditions: ConditionKinds(settings: settings), proxy: try EgressProxy(settings: settings),
            healthChecks: HealthCheckDefaults(settings: settings))
    }
}

extension HealthCheckDefaults {
    fileprivate init(settings: Settings) {
        self.init(
            isEnabled: settings[SettingsTable.checksEndpoints],
            check: GatewayHealthCheck(
                path: settings[SettingsTable.healthCheckPath],
                intervalMilliseconds: settings[SettingsTable.healthCheckInterval],
                timeoutMilliseconds: settings[SettingsTable.healthCheckTimeout],
                failures: settings[SettingsTable.healthCheckFailures],
                successes: settings[SettingsTable.healthCheckSuccesses]))
    }
}

extension ConditionKinds {
    fileprivate init(settings: Settings) {
        self.init(
            header: settings[SettingsTable.headerConditions], queryParameter: settings[SettingsTable.queryConditions],
            claim: settings[SettingsTable.claimConditions])
    }
}

extension GatewayCORS {
    /// The rules of APIs without rules of their own; `nil` when pre-flight requests are not answered at all.
    init?(settings: Settings) {
        guard settings[SettingsTable.corsEnabled] else { return nil }
        self.init(
            origins: settings[SettingsTable.corsOrigins], headers: settings[SettingsTable.corsHeaders],
            methods: settings[SettingsTable.corsMethods], exposedHeaders: [],
            allowsCredentials: settings[SettingsTable.corsCredentials])
    }
}
