import GatewayTransport
import Identity
import Logging
import Model
import ServiceLifecycle
import Storage

/// What the platform does by itself now and then (`docs/operations.md`), as services that start and stop with it.
struct Housekeeping: Sendable {
    /// How often, and how much is kept.
    struct Rhythm: Sendable {
        var tokens: Duration = .seconds(3600)
        var revocations: Duration = .seconds(300)
        var outbox: Duration = .seconds(600)
        /// Changes that gateways can still ask for one by one; who is further behind reads everything.
        var outboxKept: Int64 = 10_000
        var quotas: Duration = .seconds(1)
        var certificates: Duration = .seconds(5)
        var lostLines: Duration = .seconds(60)
    }

    var rhythm = Rhythm()
    var clock: any Clock<Duration> = ContinuousClock()
    var time: TimeSource = .system
    var logger: Logger

    /// The services of the management side: expired tokens go, and the log of changes stays short.
    func controlPlane(_ parts: ControlPlaneParts) -> [any Service] {
        let (cleaning, store, kept) = (parts.controlPlane.identity.cleaning, parts.state.store, rhythm.outboxKept)
        return [
            periodic("The removal of expired tokens", rhythm.tokens) { _ = try await cleaning.removeExpired() },
            periodic("The compaction of the log of changes", rhythm.outbox) {
                _ = try await GatewayOutbox.compact(keeping: kept, in: store)
            },
        ]
    }

    /// The services of the gateway.
    func gateway(_ feed: GatewayFeed, quotas: QuotaCheckpoints, logs: GatewayLogs) -> [any Service] {
        let time = time
        let lost = LostLines(logs: logs, logger: logger)
        return [
            periodic("The removal of expired revocations", rhythm.revocations) {
                await feed.forgetRevocations(at: time.milliseconds)
            },
            periodic("The checkpoint of quotas", rhythm.quotas) { try await quotas.save() },
            periodic("The watch over lost log lines", rhythm.lostLines) { lost.report() },
            HangupService { logs.reopen() },
        ]
    }

    /// Takes new certificates into use.
    func certificates(_ watch: CertificateWatch) -> any Service {
        periodic("The reload of certificates", rhythm.certificates) { try await watch.check() }
    }

    private func periodic(
        _ name: String, _ interval: Duration, _ work: @escaping @Sendable () async throws -> Void
    ) -> PeriodicService {
        PeriodicService(name: name, interval: interval, clock: clock, logger: logger, work: work)
    }
}
