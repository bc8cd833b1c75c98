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
    var logger: Logger

    func start(snapshot: Snapshot) async throws -> GatewayServer {
        var gateway = GatewaySettings(listeners: [
            GatewayListener(port: addresses.gatewayHTTPPort),
            GatewayListener(port: addresses.gatewayHTTPSPort, identity: try ListenerIdentity(certificate)),
        ])
        let loops = settings[SettingsTable.gatewayLoops]
        gateway.loops = loops > 0 ? loops : ProcessInfo.processInfo.activeProcessorCount
        gateway.trustedProxies = TrustedProxies(settings[SettingsTable.trustedProxies])
        gateway.accessLog = logs.access
        gateway.analyticsLog = logs.analytics
        let pipeline = pipelineSettings
        return try await GatewayServer.start(gateway) { [quotas] in
            RequestPipeline(settings: pipeline, quotas: quotas, snapshot: snapshot)
        }
    }

    private var pipelineSettings: PipelineSettings {
        var pipeline = PipelineSettings()
        pipeline.passesAuthorization = settings[SettingsTable.keepsAuthorization]
        pipeline.writesEvents = settings[SettingsTable.analyticsEnabled]
        return pipeline
    }
}

extension ListenerIdentity {
    init(_ texts: CertificateFiles.Texts) throws {
        try self.init(certificatePEM: texts.chainPEM, privateKeyPEM: texts.keyPEM)
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
