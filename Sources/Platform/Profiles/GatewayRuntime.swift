import GatewayCore
import GatewayTransport
import Logging
import Model
import ServiceLifecycle
import Settings
import Telemetry

/// The gateway of a process with what belongs to it: its logs and the counts of its quotas.
struct GatewayRuntime: Sendable {
    let server = LateGateway()
    let logs: GatewayLogs
    let quotas: QuotaParts
    private let backends: BackendSupport
    let drain = DrainSignal()
    /// `nil` when tracing is off.
    let tracing: Tracing?
    let observers: GatewayObservers

    init(quotas: QuotaParts, settings: Settings, logsPath: String, logger: Logger) throws {
        backends = try BackendSupport(settings: settings, logger: logger)
        logs = try GatewayLogs(directory: logsPath, settings: settings)
        self.quotas = quotas
        tracing = try Tracing(settings: settings, logger: logger)
        observers = GatewayObservers(settings: settings, logs: logs, tracing: tracing)
    }

    /// What is remembered of refused and traced requests; `nil` when nothing is.
    var decisions: DecisionJournal? { observers.decisions }

    /// Has the gateway ready to start with its first snapshot.
    func prepare(
        settings: Settings, addresses: PlatformAddresses, certificate: CertificateFiles.Texts, credentials: CredentialSupport,
        logger: Logger
    ) async {
        await server.prepare(
            GatewayAssembly(
                settings: settings, addresses: addresses, certificate: certificate, logs: logs, quotas: quotas.counters,
                credentials: credentials, backends: backends, drain: drain, observers: observers, logger: logger))
    }

    /// What the gateway does by itself now and then.
    func housekeeping(
        _ housekeeping: Housekeeping, forgetRevocations: @escaping @Sendable (Int64) async -> Void
    ) -> [any Service] {
        housekeeping.gateway(quotas: quotas.checkpoints, logs: logs, forgetRevocations: forgetRevocations)
            + (tracing.map { [$0.exporter(logger: housekeeping.logger)] } ?? [])
    }

    /// The metrics of its traffic and of its logs.
    func families() -> [MetricFamily] {
        (observers.metrics.map { GatewayFamilies(reading: $0.reading()).all } ?? []) + NodeFamilies.logs(logs)
            + (tracing?.families ?? [])
    }

    /// Tells clients to go elsewhere for `delay`, then closes the ports and lets requests end for at most `limit`.
    func end(delay: Duration, limit: Duration) async {
        drain.raise()
        try? await Task.sleep(for: delay)
        await server.stop(limit: limit)
    }

    /// Ends what is still there, and keeps the counts.
    func stop(logger: Logger) async {
        await server.stop(limit: .zero)
        await backends.close()
        await logs.flush()
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

    /// Lets requests end for at most `limit`, then closes what is left. Changes that come later start nothing.
    func stop(limit: Duration) async {
        assembly = nil
        try? await server?.stop(grace: limit)
        server = nil
    }
}
