import CEpoll
import GatewayCore
import Synchronization

/// Takes work for a loop from other threads and wakes the loop up.
final class LoopMailbox: Sendable {
    typealias Job = @Sendable (EpollLoop) -> Void

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Becomes readable when there is work.
    let descriptor: Int32

    init() throws(EpollError) {
        descriptor = cepoll_eventfd()
        guard descriptor >= 0 else { throw EpollError(reason: -descriptor) }
    }

    deinit { cepoll_close(descriptor) }

    /// Has the loop run a job; false when the loop has ended, and then the job never runs.
    @discardableResult
    func post(_ job: @escaping Job) -> Bool {
        let isFirst: Bool? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        if isFirst == true { eventfd_write(descriptor, 1) }
        return isFirst != nil
    }

    /// Everything that was posted since the last call.
    func take() -> [Job] {
        state.withLock { state in
            let jobs = state.jobs
            state.jobs = []
            return jobs
        }
    }

    /// Takes what is left, and nothing more from now on.
    func finish() -> [Job] {
        state.withLock { state in
            state.isClosed = true
            let jobs = state.jobs
            state.jobs = []
            return jobs
        }
    }
}

/// Runs the jobs of a mailbox on its loop.
final class MailboxReader: EventTarget {
    override func handle(_ events: UInt32, at now: WireInstant) {
        var count: eventfd_t = 0
        eventfd_read(loop.mailbox.descriptor, &count)
        for job in loop.mailbox.take() { job(loop) }
    }
}
