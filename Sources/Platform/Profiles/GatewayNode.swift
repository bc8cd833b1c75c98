import ContractRouter
import GatewayCore
import InspectionAPI
import Logging
import Model
import RemoteFeed
import ServiceLifecycle
import Settings
import Storage

/// A gateway that runs apart from its control plane: it opens no database, and learns everything from the feed.
struct GatewayNode: Sendable {
    let directory: DataDirectory
    let follower: FeedFollower
    let controlPlane: HTTPControlPlane
    let gateway: GatewayRuntime
    let management: ManagementServer
    let housekeeping: [any Service]
    let end: OrderlyEnd
    let logger: Logger

    static func prepare(
        directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, time: TimeSource = .system,
        random: RandomSource = .system, logger: Logger
    ) async throws -> GatewayNode {
        let addresses = try PlatformAddresses(settings: settings, offset: offset)
        let files = CertificateFiles(settings: settings, dataPath: directory.path)
        let certificate = try files.load(time: time)
        let source = try CertificateSource(certificate)
        let node = try GatewayNodeSettings(settings: settings, directory: directory, addresses: addresses, random: random)
        let controlPlane = try HTTPControlPlane(
            settings: node.settings, startedMilliseconds: time.milliseconds, logger: logger)
        let quotas = try await QuotaParts.open(
            settings: settings, dataPath: directory.path, time: time, random: random, logger: logger)
        let gateway = try GatewayRuntime(quotas: quotas, settings: settings, logsPath: logsPath, logger: logger)
        await gateway.prepare(
            settings: settings, addresses: addresses, certificate: certificate,
            credentials: CredentialSupport(
                authority: RemoteCredentialAuthority(controlPlane: controlPlane),
                keyUses: ReportedKeyUses(controlPlane: controlPlane, logger: logger)), logger: logger)
        let policies = try GatewayPolicyParts(settings: settings, logger: logger)
        let follower = try FeedFollower(
            settings: node.settings, controlPlane: controlPlane, key: node.key,
            defaults: try SnapshotDefaults(settings: settings),
            policies: policies.catalogue, time: time, random: random, logger: logger,
            used: { await quotas.usage.used($0) }, journal: gateway.decisions,
            install: { try await gateway.server.install($0) })
        let watch = CertificateWatch(files, current: certificate, logger: logger) { texts in
            try source.replace(chainPEM: texts.chainPEM, keyPEM: texts.keyPEM)
            try await gateway.server.replaceCertificate(texts)
        }
        let readiness = Readiness()
        let routes = GatewayHealthRoutes(
            status: follower.status, gateway: gateway, readiness: readiness, controlPlane: node.settings.controlPlane)
        let housekeeping = Housekeeping(logger: logger)
        return GatewayNode(
            directory: directory, follower: follower, controlPlane: controlPlane, gateway: gateway,
            management: try managementServer(
                routes, inventory: RemoteInventory(follower: follower, logger: logger),
                verifier: NodeVerifier(settings: settings),
                metrics: MetricsRoute(
                    settings: settings,
                    sources: [
                        { NodeFamilies.build(.gateway) }, { NodeFamilies.remote(follower.status) }, { gateway.families() },
                    ]),
                addresses: addresses, certificate: source, logger: logger),
            housekeeping: gateway.housekeeping(housekeeping, forgetRevocations: { await follower.forgetRevocations($0) })
                + housekeeping.certificates(watch)
                + [SpentTokenService(tokens: policies.spentTokens, pass: { await follower.noteSpent($0) })],
            end: OrderlyEnd(readiness: readiness, gateway: gateway, settings: settings, logger: logger), logger: logger)
    }

    private static func managementServer(
        _ routes: GatewayHealthRoutes, inventory: RemoteInventory, verifier: NodeVerifier, metrics: MetricsRoute?,
        addresses: PlatformAddresses, certificate: CertificateSource, logger: Logger
    ) throws -> ManagementServer {
        var handlers = HandlerTable()
        routes.register(in: &handlers)
        metrics?.register(in: &handlers)
        InspectionHandlers(inventory: inventory).register(in: &handlers)
        let engine = try ContractEngine(
            contracts: Contract.all.filter { $0.name == ReadinessHandlers.contract }, handlers: handlers,
            verifier: verifier, logger: logger)
        return ManagementServer(
            configuration: .init(httpsPort: addresses.managementPort, certificate: certificate), engine: engine, logger: logger,
            onListening: { _ in Terminal.say("The gateway runs: \(addresses.management)/health") })
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        do {
            _ = try await follower.resume()
            let group = ServiceGroup(
                configuration: .init(
                    services: [management, FollowerService(follower: follower)] + housekeeping + [end],
                    gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
        } catch {
            await stop()
            throw error
        }
        await stop()
    }

    private func stop() async {
        await gateway.stop(logger: logger)
        await controlPlane.close()
    }
}

/// Follows the feed as long as the node runs.
struct FollowerService: Service {
    let follower: FeedFollower

    func run() async throws { try await cancelWhenGracefulShutdown { try await follower.run() } }
}
