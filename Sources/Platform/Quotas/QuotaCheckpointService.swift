import Counters
import Logging
import ServiceLifecycle

/// Writes the counters with long windows to disk every second, when they have changed.
struct QuotaCheckpointService: Service {
    let counters: QuotaCounters
    let file: QuotaCheckpointFile
    /// The name under which this node counts in a shared store.
    let node: String
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var state = State()
            while !Task.isCancelled {
                try? await Task.sleep(for: state.pause)
                let start = ContinuousClock.now
                write(&state)
                // Very many counters take a while; then most of the time is left to others.
                state.pause = max(.seconds(1), (ContinuousClock.now - start) * 20)
            }
        }
    }

    private struct State {
        var pause = Duration.seconds(1)
        var written: Set<QuotaCheckpoint> = []
        var hasFailed = false
    }

    private func write(_ state: inout State) {
        let current = counters.snapshotOfLongWindows()
        guard state.written != Set(current) else { return }
        do {
            try file.write(.init(node: node, counters: current))
            state.written = Set(current)
            state.hasFailed = false
        } catch {
            // Said once: a full disk must not fill the log as well.
            if !state.hasFailed { logger.error("Quota counters cannot be written to disk.", metadata: ["error": "\(error)"]) }
            state.hasFailed = true
        }
    }

    /// Writes what was counted since, when nothing is counted any more.
    func finish() { try? file.write(.init(node: node, counters: counters.snapshotOfLongWindows())) }
}
