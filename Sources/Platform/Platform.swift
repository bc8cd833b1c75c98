import ContractRouter
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
    let gateway: GatewayRuntime?
    let quotas: QuotaParts
    let statements: StatementLog
    let settings: Settings
    let housekeeping: [any Service]
    let logger: Logger

    /// Opens the installation and starts the gateway; the management server starts with ``run()``.
    static func prepare(
        _ profile: ServerProfile, directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, logger: Logger
    ) async throws -> Platform {
        let quotas = try await QuotaParts.open(settings: settings, dataPath: directory.path, logger: logger)
        let gateway =
            profile == .all
            ? try GatewayRuntime(quotas: quotas, settings: settings, logsPath: logsPath, logger: logger) : nil
        let statements = try StatementLog(
            logs: gateway?.logs, directory: logsPath, database: Database(settings: settings, directory: directory.path).name,
            settings: settings)
        let parts = try await ControlPlaneParts.open(
            directory, settings: settings, offset: offset, logs: gateway?.logs, quotas: quotas,
            journal: gateway?.decisions, statements: statements.watch, logger: logger)
        let files = CertificateFiles(settings: settings, dataPath: directory.path)
        let certificate = try files.load(time: .system)
        let source = try CertificateSource(certificate)
        if let gateway {
            await gateway.prepare(
                settings: settings, addresses: parts.addresses, certificate: certificate,
                credentials: credentials(parts, logger), logger: logger)
            try await gateway.server.install(try await parts.gateways.local.load())
            try await parts.gateways.local.attach { snapshot in try await gateway.server.install(snapshot) }
        }
        parts.readiness.set()
        let watch = CertificateWatch(files, current: certificate, logger: logger) { texts in
            try source.replace(chainPEM: texts.chainPEM, keyPEM: texts.keyPEM)
            try await gateway?.server.replaceCertificate(texts)
        }
        await watch.warnBeforeEnd(at: TimeSource.system.milliseconds)
        let (housekeeping, local) = (Housekeeping(logger: logger), parts.gateways.local)
        return Platform(
            parts: parts, directory: directory,
            management: try managementServer(
                parts, metrics: MetricsRoute(settings: settings, sources: metrics(profile, parts, gateway)), settings: settings,
                certificate: source, logger: logger),
            gateway: gateway, quotas: quotas, statements: statements, settings: settings,
            housekeeping: housekeeping.controlPlane(parts, keptChanges: Int64(settings[SettingsTable.retainedChanges]))
                + (gateway?.housekeeping(housekeeping, forgetRevocations: { await local.forgetRevocations($0) }) ?? [])
                + housekeeping.certificates(watch) + housekeeping.statements(statements, parts),
            logger: logger)
    }

    /// The gateway of this process asks in this process.
    private static func credentials(_ parts: ControlPlaneParts, _ logger: Logger) -> CredentialSupport {
        CredentialSupport(
            authority: LocalCredentialAuthority(checks: parts.controlPlane.identity.credentialChecks),
            keyUses: StoredKeyUses(keys: parts.controlPlane.apiKeys, logger: logger))
    }

    private static func metrics(
        _ profile: ServerProfile, _ parts: ControlPlaneParts, _ gateway: GatewayRuntime?
    ) -> [MetricsRoute.Source] {
        let gateways = parts.gateways
        let store = parts.state.store
        return [
            { NodeFamilies.build(profile) }, { await NodeFamilies.outbox(gateways, store) },
            { await NodeFamilies.local(gateways.local) }, { gateway?.families() ?? [] },
        ]
    }

    private static func managementServer(
        _ parts: ControlPlaneParts, metrics: MetricsRoute?, settings: Settings, certificate: CertificateSource, logger: Logger
    ) throws -> ManagementServer {
        var handlers = parts.controlPlane.handlers
        metrics?.register(in: &handlers)
        let engine = try ContractEngine(
            handlers: handlers, verifier: parts.controlPlane.verifier,
            configuration: EngineConfiguration(documentLimit: settings[SettingsTable.managementBodyLimit]), logger: logger)
        return ManagementServer(
            configuration: .init(httpsPort: parts.addresses.managementPort, certificate: certificate), engine: engine,
            logger: logger,
            onListening: { _ in Terminal.say("Martlet runs: \(parts.addresses.management)/") })
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    management, OutboxService(store: parts.state.store, gateways: parts.gateways, logger: logger),
                    KeySetRefreshService(refresh: parts.controlPlane.identity.keySetRefresh, logger: logger),
                    SpentTokenService(
                        tokens: parts.policies.spentTokens, pass: parts.controlPlane.spentTokens.revoke),
                ] + housekeeping + [
                    // Services end in reverse order: the feeds before the server that carries them.
                    GatewayAttendance(gateways: parts.gateways, heartbeatSeconds: settings[SettingsTable.heartbeatSeconds]),
                    OrderlyEnd(readiness: parts.readiness, gateway: gateway, settings: settings, logger: logger),
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
        if let gateway {
            await gateway.stop(logger: logger)
        } else {
            await quotas.synchronizer?.stop()
        }
        try await parts.state.store.close()
        await statements.flush()
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
