import Counters
import Logging
import NIOPosix

/// Keeps the quotas of long windows over a restart (`docs/rate-limiting.md`): a file in the data directory holds what was counted.
struct QuotaCheckpoints: Sendable {
    private let quotas: QuotaCounters
    private let journal: QuotaJournal

    init(_ quotas: QuotaCounters, path: String) {
        self.quotas = quotas
        journal = QuotaJournal(path: path)
    }

    /// Takes up what the last process counted; before the gateway starts. A file that cannot be read is no reason not to serve.
    func restore(nowMilliseconds: Int64, logger: Logger) async {
        do {
            try await onDisk { [quotas, journal] in
                quotas.restore(try journal.load(nowMilliseconds: nowMilliseconds), nowMilliseconds: nowMilliseconds)
            }
        } catch {
            logger.warning("The counts of quotas cannot be read; their windows begin anew.", metadata: ["error": "\(error)"])
        }
    }

    /// Brings what changed to the disk.
    func save() async throws {
        try await onDisk { [quotas, journal] in try journal.record(quotas.snapshotOfLongWindows()) }
    }

    /// Away from the threads of Swift's tasks, which must not wait for a disk.
    private func onDisk(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
