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
        var outbox: Duration = .seconds(10)
        var quotas: Duration = .seconds(1)
        var certificates: Duration = .seconds(5)
        var certificateEnd: Duration = .seconds(86_400)
        var lostLines: Duration = .seconds(60)
        var statementLog: Duration = .seconds(5)
    }

    var rhythm = Rhythm()
    var clock: any Clock<Duration> = ContinuousClock()
    var time: TimeSource = .system
    var logger: Logger

    /// The services of the management side: expired tokens go, and the log of changes stays short.
    /// Gateways can still ask for `keptChanges` one by one; who is further behind reads everything.
    func controlPlane(_ parts: ControlPlaneParts, keptChanges: Int64) -> [any Service] {
        let (cleaning, store, kept) = (parts.controlPlane.identity.cleaning, parts.state.store, keptChanges)
        return [
            periodic("The removal of expired tokens", rhythm.tokens) { _ = try await cleaning.removeExpired() },
            periodic("The compaction of the log of changes", rhythm.outbox) {
                _ = try await GatewayOutbox.compact(keeping: kept, in: store)
            },
        ]
    }

    /// Follows what another node has set, and begins new files of the log when the administrator asks.
    func statements(_ log: StatementLog, _ parts: ControlPlaneParts) -> [any Service] {
        let correlation = parts.controlPlane.correlationLogs
        let follow = periodic("The switch of the log of statements", rhythm.statementLog) {
            try await correlation.switchStatements()
        }
        return log.isShared ? [follow] : [follow, HangupService { log.reopen() }]
    }

    /// The services of the gateway.
    ///
    /// - Parameter forgetRevocations: forgets revocations of tokens that have run out by the given time.
    func gateway(
        quotas: QuotaCheckpoints, logs: GatewayLogs, forgetRevocations: @escaping @Sendable (Int64) async -> Void
    ) -> [any Service] {
        let time = time
        let lost = LostLines(logs: logs, logger: logger)
        return [
            periodic("The removal of expired revocations", rhythm.revocations) {
                await forgetRevocations(time.milliseconds)
            },
            periodic("The checkpoint of quotas", rhythm.quotas) { try await quotas.save() },
            periodic("The watch over lost log lines", rhythm.lostLines) { lost.report() },
            HangupService { logs.reopen() },
        ]
    }

    /// Takes new certificates into use, and warns before the one in use ends.
    func certificates(_ watch: CertificateWatch) -> [any Service] {
        let time = time
        return [
            periodic("The reload of certificates", rhythm.certificates) { try await watch.check() },
            periodic("The watch over the end of the certificate", rhythm.certificateEnd) {
                await watch.warnBeforeEnd(at: time.milliseconds)
            },
        ]
    }

    private func periodic(
        _ name: String, _ interval: Duration, _ work: @escaping @Sendable () async throws -> Void
    ) -> PeriodicService {
        PeriodicService(name: name, interval: interval, clock: clock, logger: logger, work: work)
    }
}
