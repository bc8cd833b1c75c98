import CEpoll
import GatewayCore
import Model
import Synchronization

/// The gateway's plain HTTP/1.1 listeners on Linux's epoll: a fixed number of loops, each with its own thread, listening sockets,
/// pipeline and pools. What it cannot serve it hands over.
public final class EpollServer: Sendable {
    private let mailboxes: [LoopMailbox]
    /// The port of each address, in the order of the settings.
    public let ports: [Int]

    private init(mailboxes: [LoopMailbox], ports: [Int]) {
        self.mailboxes = mailboxes
        self.ports = ports
    }

    /// An address that cannot be listened on.
    public struct ListenFailure: Error {
        /// Its place in ``EpollSettings/addresses``.
        public let index: Int
        public let error: EpollError
    }

    /// Starts the loops and the listeners.
    ///
    /// - Parameter makePipeline: called once on each loop.
    /// - Throws: ``ListenFailure`` or ``EpollError``; nothing is left running then.
    public static func start(
        _ settings: EpollSettings, time: TimeSource = .system, makePipeline: @escaping @Sendable () -> RequestPipeline
    ) async throws -> EpollServer {
        let mailboxes = try (0..<settings.loops).map { _ in try LoopMailbox() }
        let sockets = try bind(settings)
        let server = EpollServer(
            mailboxes: mailboxes, ports: sockets.map { $0.first.map { Int(SocketAddress.localPort(of: $0)) } ?? 0 })
        for (number, mailbox) in mailboxes.enumerated() {
            do {
                try await start(settings, time, mailbox, sockets.map { $0[number] }, makePipeline)
            } catch {
                // Those behind it never run.
                for (number, mailbox) in mailboxes.enumerated().dropFirst(number) {
                    _ = mailbox.finish()
                    for descriptors in sockets { cepoll_close(descriptors[number]) }
                }
                await server.stop()
                throw error
            }
        }
        return server
    }

    private static func bind(_ settings: EpollSettings) throws -> [[Int32]] {
        var sockets: [[Int32]] = []
        for (index, address) in settings.addresses.enumerated() {
            do throws(EpollError) {
                sockets.append(try Listener.bind(host: address.host, port: address.port, count: settings.loops))
            } catch {
                for descriptor in sockets.joined() { cepoll_close(descriptor) }
                throw ListenFailure(index: index, error: error)
            }
        }
        return sockets
    }

    private static func start(
        _ settings: EpollSettings, _ time: TimeSource, _ mailbox: LoopMailbox, _ descriptors: [Int32],
        _ makePipeline: @escaping @Sendable () -> RequestPipeline
    ) async throws {
        let failure: EpollError? = await withCheckedContinuation { continuation in
            let hasStarted = LoopThread.start {
                do throws(EpollError) {
                    let loop = try EpollLoop(settings: settings, pipeline: makePipeline(), time: time, mailbox: mailbox)
                    guard loop.listen(on: descriptors) else { throw EpollError(reason: ENOSPC) }
                    continuation.resume(returning: nil)
                    loop.run()
                } catch {
                    continuation.resume(returning: error)
                }
            }
            if !hasStarted { continuation.resume(returning: EpollError(reason: EAGAIN)) }
        }
        if let failure { throw failure }
    }

    /// Makes a snapshot the valid one: when this returns, every loop has switched and no request starts with an older one.
    public func install(_ snapshot: Snapshot) async {
        await onEachLoop { loop, done in
            loop.context.pipeline.install(snapshot)
            done()
        }
    }

    /// Closes the listeners, takes no new requests, and returns when the last one has ended.
    public func drain() async { await onEachLoop { $0.drain(then: $1) } }

    /// Closes every connection at once.
    public func abort() {
        for mailbox in mailboxes { mailbox.post { $0.abort() } }
    }

    /// Ends the loops with all that they still have.
    public func stop() async { await onEachLoop { $0.stop(then: $1) } }

    /// Runs something on all loops at the same time and returns when all are done with it.
    private func onEachLoop(_ body: @escaping @Sendable (EpollLoop, @escaping @Sendable () -> Void) -> Void) async {
        await withCheckedContinuation { continuation in
            let open = Countdown(mailboxes.count) { continuation.resume() }
            for mailbox in mailboxes {
                let once = Countdown(1) { open.arrive() }
                if !mailbox.post({ loop in body(loop) { once.arrive() } }) { once.arrive() }
            }
        }
    }
}

/// Calls back when so many have arrived; later arrivals do nothing.
final class Countdown: Sendable {
    private let missing: Atomic<Int>
    private let body: @Sendable () -> Void

    init(_ count: Int, then body: @escaping @Sendable () -> Void) {
        missing = Atomic(count)
        self.body = body
    }

    func arrive() {
        if missing.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { body() }
    }
}
