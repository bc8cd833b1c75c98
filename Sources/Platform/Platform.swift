import ContractRouter
import Counters
import GatewayCore
import GatewayTransport
import Logging
import Model
import ServiceLifecycle
import Settings
import Storage

/// The running platform: management server and gateway on one opened installation.
struct Platform: Sendable {
    let parts: ControlPlaneParts
    let directory: DataDirectory
    let management: ManagementServer
    let gateway: GatewayServer
    let quotas: QuotaParts
    let logger: Logger

    /// Opens the installation and starts the gateway; the management server starts with ``run()``.
    static func prepare(
        directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, logger: Logger
    ) async throws -> Platform {
        let quotas = try QuotaParts.open(settings: settings, dataPath: directory.path, logger: logger)
        let parts = try await ControlPlaneParts.open(
            directory, settings: settings, offset: offset, quotas: quotas, logger: logger)
        let certificate = try CertificateFiles(settings: settings, dataPath: directory.path).load(time: .system)
        let gateway = try await GatewayAssembly(
            settings: settings, addresses: parts.addresses, certificate: certificate, logsPath: logsPath,
            quotas: quotas.counters, logger: logger
        ).start(snapshot: try await parts.feed.load())
        try await parts.feed.attach { snapshot in try await gateway.install(snapshot) }
        parts.readiness.set()
        let engine = try ContractEngine(
            handlers: parts.controlPlane.handlers, verifier: parts.controlPlane.verifier,
            configuration: EngineConfiguration(documentLimit: settings[SettingsTable.managementBodyLimit]), logger: logger)
        let source = try CertificateSource(chainPEM: certificate.chainPEM, keyPEM: certificate.keyPEM)
        let management = ManagementServer(
            configuration: .init(httpsPort: parts.addresses.managementPort, certificate: source), engine: engine,
            logger: logger,
            onListening: { _ in Terminal.say("Martlet runs: \(parts.addresses.management)/") })
        return Platform(
            parts: parts, directory: directory, management: management, gateway: gateway, quotas: quotas, logger: logger)
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    management, OutboxService(store: parts.state.store, feed: parts.feed, logger: logger), quotas.checkpoints,
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            try? await stop()
            throw error
        }
        try await stop()
    }

    private func stop() async throws {
        try await gateway.stop(grace: .seconds(10))
        await quotas.stop()
        try await parts.state.store.close()
    }
}
