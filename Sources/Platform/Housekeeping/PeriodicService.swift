import Logging
import ServiceLifecycle

/// Work that the platform does again and again while it runs.
///
/// What the work throws is logged, once for a run of equal failures, and does not end the service: the next turn tries again.
struct PeriodicService: Service {
    /// What the work is, as the subject of a log line.
    var name: String
    /// Time between the end of one turn and the beginning of the next.
    var interval: Duration
    var clock: any Clock<Duration> = ContinuousClock()
    var logger: Logger
    var work: @Sendable () async throws -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var failure: String?
            while (try? await clock.sleep(for: interval)) != nil { failure = await turn(after: failure) }
        }
    }

    /// Returns why the work failed; `nil` when it did not.
    private func turn(after last: String?) async -> String? {
        do {
            try await work()
            if last != nil { logger.notice("\(name) works again.") }
            return nil
        } catch {
            // The end of the platform is no failure.
            if Task.isCancelled { return last }
            let reason = "\(error)"
            if reason != last { logger.warning("\(name) failed and will be tried again.", metadata: ["error": "\(reason)"]) }
            return reason
        }
    }
}
