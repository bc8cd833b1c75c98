import Logging
import Synchronization

/// Tells the platform log when lines of the gateway's logs were lost, because the disk was full or too slow.
final class LostLines: Sendable {
    private let logs: GatewayLogs
    private let logger: Logger
    private let reported = Mutex(0)

    init(logs: GatewayLogs, logger: Logger) {
        self.logs = logs
        self.logger = logger
    }

    /// Reports what was lost since the last time.
    func report() {
        let total = logs.lostBytes
        let lost = reported.withLock { reported in
            defer { reported = total }
            return total - reported
        }
        guard lost > 0 else { return }
        logger.warning(
            "Lines of the gateway's logs were lost: the disk is full or too slow.",
            metadata: ["bytes": "\(lost)", "bytes since the start": "\(total)"])
    }
}
