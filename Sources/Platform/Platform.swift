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
    let quotas: QuotaCheckpoints
    let housekeeping: [any Service]
    let logger: Logger

    /// Opens the installation and starts the gateway; the management server starts with ``run()``.
    static func prepare(
        directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, logger: Logger
    ) async throws -> Platform {
        let logs = try GatewayLogs(directory: logsPath, settings: settings)
        let parts = try await ControlPlaneParts.open(
            directory, settings: settings, offset: offset, logs: logs, logger: logger)
        let files = CertificateFiles(settings: settings, dataPath: directory.path)
        let certificate = try files.load(time: .system)
        let source = try CertificateSource(certificate)
        let counters = QuotaCounters()
        let quotas = QuotaCheckpoints(counters, path: directory.path + "/quotas")
        await quotas.restore(nowMilliseconds: TimeSource.system.milliseconds, logger: logger)
        let gateway = try await GatewayAssembly(
            settings: settings, addresses: parts.addresses, certificate: certificate, logs: logs, quotas: counters,
            authority: LocalCredentialAuthority(checks: parts.controlPlane.identity.credentialChecks),
            keyUses: StoredKeyUses(keys: parts.controlPlane.apiKeys, logger: logger), logger: logger
        ).start(snapshot: try await parts.feed.load())
        try await parts.feed.attach { snapshot in try await gateway.install(snapshot) }
        parts.readiness.set()
        let watch = CertificateWatch(files, current: certificate, logger: logger) { texts in
            try gateway.replaceCertificate(ListenerIdentity(texts))
            try source.replace(chainPEM: texts.chainPEM, keyPEM: texts.keyPEM)
        }
        let housekeeping = Housekeeping(logger: logger)
        return Platform(
            parts: parts, directory: directory,
            management: try managementServer(parts, settings: settings, certificate: source, logger: logger),
            gateway: gateway, quotas: quotas,
            housekeeping: housekeeping.controlPlane(parts)
                + housekeeping.gateway(parts.feed, quotas: quotas, logs: logs) + [housekeeping.certificates(watch)],
            logger: logger)
    }

    private static func managementServer(
        _ parts: ControlPlaneParts, settings: Settings, certificate: CertificateSource, logger: Logger
    ) throws -> ManagementServer {
        let engine = try ContractEngine(
            handlers: parts.controlPlane.handlers, verifier: parts.controlPlane.verifier,
            configuration: EngineConfiguration(documentLimit: settings[SettingsTable.managementBodyLimit]), logger: logger)
        return ManagementServer(
            configuration: .init(httpsPort: parts.addresses.managementPort, certificate: certificate), engine: engine,
            logger: logger,
            onListening: { _ in Terminal.say("Martlet runs: \(parts.addresses.management)/") })
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        let outbox = OutboxService(store: parts.state.store, feed: parts.feed, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    management, outbox,
                    KeySetRefreshService(refresh: parts.controlPlane.identity.keySetRefresh, logger: logger),
                ] + housekeeping,
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
        do {
            try await quotas.save()
        } catch {
            logger.warning("The last counts of quotas were not saved.", metadata: ["error": "\(error)"])
        }
        try await parts.state.store.close()
    }
}

extension CertificateSource {
    convenience init(_ texts: CertificateFiles.Texts) throws {
        do {
            try self.init(chainPEM: texts.chainPEM, keyPEM: texts.keyPEM)
        } catch {
            throw StartProblem("The certificate of the HTTPS ports and its key cannot be used, or do not fit: \(error).")
        }
    }
}
