import GatewayCore
import GatewayTransport
import Logging
import Model
import ServiceLifecycle
import Settings

/// The gateway of a process with what belongs to it: its logs and the counts of its quotas.
struct GatewayRuntime: Sendable {
    let server = LateGateway()
    let logs: GatewayLogs
    let quotas: QuotaParts

    init(quotas: QuotaParts, settings: Settings, logsPath: String) throws {
        logs = try GatewayLogs(directory: logsPath, settings: settings)
        self.quotas = quotas
    }

    /// Has the gateway ready to start with its first snapshot.
    func prepare(
        settings: Settings, addresses: PlatformAddresses, certificate: CertificateFiles.Texts, logger: Logger
    ) async {
        await server.prepare(
            GatewayAssembly(
                settings: settings, addresses: addresses, certificate: certificate, logs: logs, quotas: quotas.counters,
                logger: logger))
    }

    /// What the gateway does by itself now and then.
    func housekeeping(
        _ housekeeping: Housekeeping, forgetRevocations: @escaping @Sendable (Int64) async -> Void
    ) -> [any Service] {
        housekeeping.gateway(quotas: quotas.checkpoints, logs: logs, forgetRevocations: forgetRevocations)
    }

    /// Lets requests end, and keeps the counts.
    func stop(logger: Logger) async {
        await server.stop()
        await quotas.stop(logger: logger)
    }
}

/// A gateway that may have to wait for what to serve: it listens from when there is a first snapshot, so that no request meets one that knows
/// nothing.
actor LateGateway {
    private var assembly: GatewayAssembly?
    private var server: GatewayServer?

    var isServing: Bool { server != nil }

    func prepare(_ assembly: GatewayAssembly) { self.assembly = assembly }

    /// The first snapshot starts the listeners; it throws when they cannot listen.
    func install(_ snapshot: Snapshot) async throws {
        if let server { return try await server.install(snapshot) }
        server = try await assembly?.start(snapshot: snapshot)
    }

    /// Shows another certificate from now on.
    func replaceCertificate(_ texts: CertificateFiles.Texts) throws {
        assembly?.certificate = texts
        try server?.replaceCertificate(ListenerIdentity(texts))
    }

    func stop() async {
        try? await server?.stop(grace: .seconds(10))
        server = nil
    }
}
