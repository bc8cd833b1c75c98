import ContractRouter
import Counters
import GatewayCore
import GatewayTransport
import Logging
import Model
import ServiceLifecycle
import Settings
import Storage

/// The running platform on one opened installation: management server and, unless the gateways run apart, a gateway.
struct Platform: Sendable {
    let parts: ControlPlaneParts
    let directory: DataDirectory
    let management: ManagementServer
    /// `nil` on a control plane.
    let gateway: GatewayServer?
    let settings: Settings
    let logger: Logger

    /// Opens the installation and starts the gateway; the management server starts with ``run()``.
    static func prepare(
        _ profile: ServerProfile, directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, logger: Logger
    ) async throws -> Platform {
        let parts = try await ControlPlaneParts.open(directory, settings: settings, offset: offset, logger: logger)
        let certificate = try CertificateFiles(settings: settings, dataPath: directory.path).load(time: .system)
        var gateway: GatewayServer?
        if profile == .all {
            let server = try await GatewayAssembly(
                settings: settings, addresses: parts.addresses, certificate: certificate, logsPath: logsPath, logger: logger
            ).start(snapshot: try await parts.gateways.local.load())
            try await parts.gateways.local.attach { snapshot in try await server.install(snapshot) }
            gateway = server
        }
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
            parts: parts, directory: directory, management: management, gateway: gateway, settings: settings, logger: logger)
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    management,
                    OutboxService(
                        store: parts.state.store, gateways: parts.gateways,
                        retainedChanges: settings[SettingsTable.retainedChanges], logger: logger),
                    GatewayAttendance(gateways: parts.gateways, heartbeatSeconds: settings[SettingsTable.heartbeatSeconds]),
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
        try await gateway?.stop(grace: .seconds(10))
        try await parts.state.store.close()
    }
}
