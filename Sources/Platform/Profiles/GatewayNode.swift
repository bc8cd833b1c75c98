import ContractRouter
import FoundationEssentials
import GatewayCore
import GatewayTransport
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
    let server: LateGateway
    let management: ManagementServer
    let logger: Logger

    static func prepare(
        directory: DataDirectory, settings: Settings, offset: Int, logsPath: String, time: TimeSource = .system,
        random: RandomSource = .system, logger: Logger
    ) throws -> GatewayNode {
        let addresses = try PlatformAddresses(settings: settings, offset: offset)
        let certificate = try CertificateFiles(settings: settings, dataPath: directory.path).load(time: time)
        let feed = try GatewayNodeSettings(settings: settings, directory: directory, addresses: addresses, random: random)
        let controlPlane = try HTTPControlPlane(
            settings: feed.settings, startedMilliseconds: time.milliseconds, logger: logger)
        let server = LateGateway(
            assembly: GatewayAssembly(
                settings: settings, addresses: addresses, certificate: certificate, logsPath: logsPath, logger: logger))
        let follower = try FeedFollower(
            settings: feed.settings, controlPlane: controlPlane, key: feed.key, defaults: SnapshotDefaults(settings: settings),
            time: time, random: random, logger: logger, install: { try await server.install($0) })
        var handlers = HandlerTable()
        GatewayHealthRoutes(status: follower.status, server: server, controlPlane: feed.settings.controlPlane)
            .register(in: &handlers)
        let engine = try ContractEngine(
            contracts: Contract.all.filter { $0.name == GatewayHealthRoutes.contract }, handlers: handlers,
            verifier: NoVerifier(), logger: logger)
        let source = try CertificateSource(chainPEM: certificate.chainPEM, keyPEM: certificate.keyPEM)
        let management = ManagementServer(
            configuration: .init(httpsPort: addresses.managementPort, certificate: source), engine: engine, logger: logger,
            onListening: { _ in Terminal.say("The gateway node runs: \(addresses.management)/health") })
        return GatewayNode(
            directory: directory, follower: follower, controlPlane: controlPlane, server: server, management: management,
            logger: logger)
    }

    /// Serves until SIGTERM or Ctrl-C, then lets requests end.
    func run() async throws {
        _ = try await follower.resume()
        let group = ServiceGroup(
            configuration: .init(
                services: [management, FollowerService(follower: follower)], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch {
            await stop()
            throw error
        }
        await stop()
    }

    private func stop() async {
        await server.stop()
        await controlPlane.close()
    }
}

/// Follows the feed as long as the node runs.
struct FollowerService: Service {
    let follower: FeedFollower

    func run() async throws { try await cancelWhenGracefulShutdown { try await follower.run() } }
}

/// The gateway of a node that may have to wait for what to serve: it listens from when there is a first snapshot, so that no request meets a
/// gateway that knows nothing.
actor LateGateway {
    private let assembly: GatewayAssembly
    private var server: GatewayServer?

    init(assembly: GatewayAssembly) { self.assembly = assembly }

    var isServing: Bool { server != nil }

    func install(_ snapshot: Snapshot) async throws {
        if let server { return try await server.install(snapshot) }
        server = try await assembly.start(snapshot: snapshot)
        Terminal.say("The gateway serves: \(assembly.addresses.gatewayHTTP) and \(assembly.addresses.gatewayHTTPS)")
    }

    func stop() async {
        try? await server?.stop(grace: .seconds(10))
        server = nil
    }
}

/// No credential is accepted: a gateway node has no users.
struct NoVerifier: CredentialVerifier {
    func verify(authorization: String, tenantDomain: String?) async throws -> Principal {
        throw CatalogueError.unauthorized("A gateway node has no users")
    }

    func tenant(domain: String) async throws -> Tenant? { nil }
}
