import ServiceLifecycle
import UnixSignals

/// Does something whenever the process is sent SIGHUP, which would end it otherwise.
struct HangupService: Service {
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in signals { action() }
        }
    }
}
