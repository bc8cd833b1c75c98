import Counters
import Logging
import Model
import Settings
import SharedCounters

/// The quota counters of this process with what keeps them: the checkpoint on disk and, if a store is configured, the exchange with other
/// gateways.
struct QuotaParts: Sendable {
    let counters: QuotaCounters
    let checkpoints: QuotaCheckpoints
    /// `nil` without a store.
    let synchronizer: CounterSynchronizer?
    /// What is left of quotas, for whoever asks.
    let usage: CountedUsage

    /// Takes up the checkpoint and begins the exchange.
    static func open(
        settings: Settings, dataPath: String, time: TimeSource = .system, random: RandomSource = .system, logger: Logger
    ) async throws -> QuotaParts {
        let shared = try SharedCounterSettings(settings: settings)
        let counters = QuotaCounters(isShared: shared != nil)
        let checkpoints = QuotaCheckpoints(counters, path: dataPath + "/quotas")
        await checkpoints.restore(nowMilliseconds: time.milliseconds, logger: logger)
        let synchronizer = shared.map { shared in
            CounterSynchronizer.start(
                shared, counters: counters,
                node: NodeName(path: dataPath + "/shared-counters-node").read(prefix: shared.nodeName, random: random),
                restored: counters.snapshotOfLongWindows(), time: time, random: random, logger: logger)
        }
        return QuotaParts(
            counters: counters, checkpoints: checkpoints, synchronizer: synchronizer,
            usage: CountedUsage(
                counters: counters, exchangeMilliseconds: shared.map { $0.intervalMilliseconds * 2 + 20 }, time: time))
    }

    /// Keeps the last counts and tells them to the store.
    func stop(logger: Logger) async {
        do {
            try await checkpoints.save()
        } catch {
            logger.warning("The last counts of quotas were not saved.", metadata: ["error": "\(error)"])
        }
        await synchronizer?.stop()
    }
}
