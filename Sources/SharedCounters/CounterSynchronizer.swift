import Counters
import Logging
import Model
import NIOCore
import NIOPosix
import Redis

/// Settings of the exchange.
public struct SharedCounterSettings: Sendable {
    public var store: RedisSettings
    /// How long a count may be unknown to other nodes, beside the time of a round trip. The exchange runs twice in that time: once for
    /// a count to get into the store, once for another node to fetch it.
    public var intervalMilliseconds: Int64
    /// Begin of this node's name in the store.
    public var nodeName: String
    /// Begin of all keys in the store.
    public var keyPrefix: String

    public init(
        store: RedisSettings, intervalMilliseconds: Int64 = 10, nodeName: String = "gateway", keyPrefix: String = "martlet:"
    ) {
        self.store = store
        self.intervalMilliseconds = intervalMilliseconds
        self.nodeName = nodeName
        self.keyPrefix = keyPrefix
    }
}

/// Exchanges counts with the other nodes through a store: the owner of this node's connections to it.
///
/// Lives on a thread of its own. Without the store the node counts alone and goes on trying.
public final class CounterSynchronizer: Sendable {
    public let status = SharedCounterStatus()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let exchange: NIOLoopBoundBox<Exchange?>

    private init() { exchange = NIOLoopBoundBox.makeEmptyBox(valueType: Exchange.self, eventLoop: group.next()) }

    /// Begins the exchange; returns at once, whether the store answers or not.
    ///
    /// - Parameters:
    ///   - node: this node's name in the store, the same over restarts.
    ///   - restored: what the counters have taken up from the disk.
    public static func start(
        _ settings: SharedCounterSettings, counters: QuotaCounters, node: String, restored: [QuotaCheckpoint] = [],
        time: TimeSource = .system, random: RandomSource = .system, logger: Logger
    ) -> CounterSynchronizer {
        let synchronizer = CounterSynchronizer()
        let status = synchronizer.status
        synchronizer.group.next().execute {
            let exchange = Exchange(
                eventLoop: synchronizer.group.next(), settings: settings,
                counts: CounterExchange(
                    counters: counters, node: node, prefix: settings.keyPrefix, born: time.milliseconds, restored: restored),
                time: time,
                random: random, status: status, logger: logger)
            synchronizer.exchange.value = exchange
            exchange.start()
        }
        return synchronizer
    }

    /// Tells the last counts and ends the connection.
    public func stop() async {
        try? await group.next().submit { self.exchange.value?.stop() }.get()
        try? await group.shutdownGracefully()
    }
}

/// The exchange on its event loop.
private final class Exchange {
    /// Batches under way at a time: with a round trip that takes longer than a tick the ticks go on.
    private static let mostBatches = 8

    private let eventLoop: any EventLoop
    private let settings: SharedCounterSettings
    private let session: any RedisStore
    private var counts: CounterExchange
    private let time: TimeSource
    private let status: SharedCounterStatus
    private let logger: Logger
    private var tick: RepeatedTask?
    private var ticks = 0
    private var saidWhy: RedisError?
    /// What the connection before left in the server's buffers may overtake what the new one writes first, so everything is written
    /// once more a little later.
    private var writesAgainAt: NIODeadline?
    private var refusalLogged: NIODeadline?

    init(
        eventLoop: any EventLoop, settings: SharedCounterSettings, counts: CounterExchange, time: TimeSource,
        random: RandomSource, status: SharedCounterStatus, logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.counts = counts
        self.time = time
        self.status = status
        self.logger = logger
        session =
            settings.store.cluster.isEmpty
            ? RedisSession(eventLoop: eventLoop, settings: settings.store, random: random)
            : RedisClusterSession(eventLoop: eventLoop, settings: settings.store, random: random)
    }

    func start() {
        session.onReady = { self.ready() }
        session.onFailure = { self.lost($0) }
        session.start()
        let period = TimeAmount.microseconds(max(500, settings.intervalMilliseconds * 500))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        tick = eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in bound.value.turn() }
    }

    func stop() {
        tick?.cancel()
        if session.isReady { exchange() }
        session.close()
        session.onReady = {}
        session.onFailure = { _ in }
    }

    private func ready() {
        logger.notice("Quota counts are shared with other gateways.")
        saidWhy = nil
        status.update { $0.isConnected = true }
        // The other nodes notice the same interruption within the time that an answer may take, and wait for their next attempt.
        counts.startOver(
            nowMilliseconds: time.milliseconds, recoveryMilliseconds: settings.store.answerMilliseconds + 5_000)
        writesAgainAt = .now() + .milliseconds(settings.store.answerMilliseconds)
    }

    private func lost(_ error: RedisError) {
        status.update {
            $0.isConnected = false
            $0.lastFailure = error.description
        }
        // The same reason is said once, not with each attempt.
        guard saidWhy != error else { return }
        saidWhy = error
        logger.warning(
            "Quota counts are not shared: this gateway counts alone until the store is back.",
            metadata: ["reason": "\(error.description)"])
    }

    private func turn() {
        ticks += 1
        if let again = writesAgainAt, again <= .now() {
            writesAgainAt = nil
            counts.startOver(nowMilliseconds: time.milliseconds, recoveryMilliseconds: 5_000)
        }
        if ticks % 100 == 0 {
            session.checkDeadline()
            counts.forget(nowMilliseconds: time.milliseconds)
        }
        if session.isReady, session.pendingCount < Self.mostBatches { exchange() }
    }

    private func exchange() {
        guard let batch = counts.next(nowMilliseconds: time.milliseconds) else { return }
        let sent = NIODeadline.now()
        session.send(batch.commands) { result in
            guard case .success(let answers) = result else { return self.counts.putBack(batch.counts) }
            let error = self.counts.take(answers, of: batch, nowMilliseconds: self.time.milliseconds)
            let roundTrip = Double((NIODeadline.now() - sent).nanoseconds) / 1_000_000
            self.status.update {
                $0.exchangedCounts += batch.counts.count
                $0.roundTripMilliseconds = roundTrip
            }
            if let error { self.refused(error, batch) }
        }
    }

    /// The store answered with an error: a replica or a server that is loading is left, anything else is said and tried again.
    private func refused(_ message: String, _ batch: CounterExchange.Batch) {
        counts.putBack(batch.counts)
        status.update {
            $0.refusedCommands += 1
            $0.lastFailure = message
        }
        if ["READONLY", "LOADING", "MASTERDOWN", "NOAUTH", "CLUSTERDOWN"].contains(where: message.hasPrefix) {
            return session.reconnect(.refused(message))
        }
        let now = NIODeadline.now()
        if let last = refusalLogged, now - last < .seconds(10) { return }
        refusalLogged = now
        logger.warning("The store refuses quota counts.", metadata: ["reason": "\(message)"])
    }
}
