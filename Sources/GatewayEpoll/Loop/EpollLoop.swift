import CEpoll
import GatewayCore
import Model

/// One event loop with everything that belongs to it: the wire context, sockets, pools, deadlines and the clock. Never leaves its
/// thread; others reach it through its mailbox.
final class EpollLoop {
    let context: WireContext
    let settings: EpollSettings
    let mailbox: LoopMailbox
    var targets = TargetTable()
    /// Where all sockets of the loop are read into. What was read is passed on before anything else is read, so one is enough.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: EpollLoop.scratchBytes, alignment: 64)
    static let scratchBytes = 64 << 10
    /// Where long bodies pass; `nil` where the system gives none, and they are copied.
    let directPipe = DirectPipe()

    private let epoll: Int32
    private let time: TimeSource
    /// Events of one wait.
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: EpollLoop.eventsAtOnce)
    private var listeners: [Listener] = []
    /// Sockets that have more to read, and whose turn comes after the others'.
    private var reading: [Socket] = []
    private var postponed: [(WireInstant) -> Void] = []
    private var pools: [UpstreamPool?] = []
    private var wheel: DeadlineWheel
    private var nextTick: Int64 = 0
    private var ticks = 0
    private var epochOffset: Int64 = 0
    private var clientCount = 0
    /// Connections to upstreams, also those being opened.
    var upstreamCount = 0
    /// The clock when the events at hand came.
    private var lastMilliseconds: Int64 = 0
    private var drained: (@Sendable () -> Void)?
    private var stopped: (@Sendable () -> Void)?

    private static let eventsAtOnce = 256
    /// About as many clients as stay in the processor's cache by themselves, with 4 KB each and the system's part.
    private static let cachedClients = 96

    init(settings: EpollSettings, pipeline: RequestPipeline, time: TimeSource, mailbox: LoopMailbox) throws(EpollError) {
        self.settings = settings
        self.time = time
        self.mailbox = mailbox
        context = WireContext(
            pipeline: pipeline, limits: settings.limits, timeouts: settings.timeouts, allowance: settings.allowance)
        context.handsOver = true
        wheel = DeadlineWheel(now: Int64(truncatingIfNeeded: cepoll_nanoseconds() / 1_000_000))
        epoll = cepoll_create()
        guard epoll >= 0 else { throw EpollError(reason: -epoll) }
    }

    deinit {
        scratch.deallocate()
        events.deallocate()
        if epoll >= 0 { cepoll_close(epoll) }
    }

    // MARK: Running

    /// Serves until the loop is stopped.
    func run() {
        let reader = MailboxReader(loop: self)
        reader.enter()
        if let token = reader.token { _ = watch(mailbox.descriptor, CEPOLL_INPUT, token) }
        turn(at: now())
        while stopped == nil {
            // The array holds as many events as are asked for, and the call has filled the first `count`.
            let count = Int(cepoll_wait(epoll, events, Int32(Self.eventsAtOnce), waitMilliseconds))
            let now = now()
            lastMilliseconds = now.milliseconds
            if now.milliseconds >= nextTick { turn(at: now) }
            let prepares = clientCount > Self.cachedClients
            for index in 0..<count {
                if prepares { prepare(after: index, of: count) }
                let event = events[index]
                targets[event.data.u64]?.handle(event.events, at: index == 0 ? now : self.now())
            }
            if !reading.isEmpty { readOn() }
            if !postponed.isEmpty { runPostponed() }
            // Buffers that stay small stay in the processor's cache.
            if context.pipeline.hasFullLog { writeLogs() }
        }
        finish()
    }

    /// Has the processor fetch what the targets of the next events read, while the one at hand is served.
    private func prepare(after index: Int, of count: Int) {
        // The array holds `count` events.
        if index + 2 < count { targets.fetch(events[index + 2].data.u64) }
        if index + 1 < count { targets[events[index + 1].data.u64]?.prepare() }
    }

    /// Until the next tick if there is anything that needs one; a loop without work sleeps.
    private var waitMilliseconds: Int32 {
        if !reading.isEmpty || !postponed.isEmpty { return 0 }
        let pipeline = context.pipeline
        let needsTick = !wheel.isEmpty || pipeline.accessLog.count > 0 || pipeline.analytics.count > 0 || upstreamCount > 0
        return needsTick ? Int32(truncatingIfNeeded: max(0, nextTick - lastMilliseconds)) : -1
    }

    /// Gives each of the sockets that have more to read one turn.
    private func readOn() {
        let now = now()
        let count = reading.count
        for index in 0..<count {
            let socket = reading[index]
            socket.isQueued = false
            socket.read(at: now)
        }
        reading.removeFirst(count)
    }

    private func runPostponed() {
        let works = postponed
        postponed = []
        let now = now()
        for work in works { work(now) }
    }

    /// Has a socket read when the events at hand are served.
    func goOnReading(_ socket: Socket) {
        guard !socket.isQueued else { return }
        socket.isQueued = true
        reading.append(socket)
    }

    /// Does something when the events at hand are served.
    func later(_ work: @escaping (WireInstant) -> Void) { postponed.append(work) }

    // MARK: Time

    func now() -> WireInstant {
        let nanoseconds = cepoll_nanoseconds()
        return WireInstant(
            nanoseconds: nanoseconds, epochMilliseconds: Int64(truncatingIfNeeded: nanoseconds / 1_000_000) + epochOffset)
    }

    /// Enters a target for a wake-up and answers the tick that will come with it.
    func schedule(_ token: UInt64, deadline: Int64) -> Int64 { wheel.insert(token, deadline: deadline) }

    private func turn(at now: WireInstant) {
        nextTick = now.milliseconds + DeadlineWheel.tickMilliseconds
        // The wall clock may be set at any time.
        epochOffset = time.milliseconds - now.milliseconds
        for entry in wheel.advance(to: now.milliseconds) { targets[entry.token]?.wake(tick: entry.tick, at: now) }
        ticks += 1
        guard ticks % (1000 / Int(DeadlineWheel.tickMilliseconds)) == 0 else { return }
        writeLogs()
        for pool in pools { pool?.closeIdle(before: now.milliseconds - settings.upstreams.idleMilliseconds) }
        if ticks % (60_000 / Int(DeadlineWheel.tickMilliseconds)) == 0 {
            context.pipeline.reportKeyUses(nowMilliseconds: now.epochMilliseconds)
        }
    }

    /// Hands all log lines on.
    private func writeLogs() {
        if let block = context.pipeline.accessLog.take() { settings.writeAccessLog?(block) }
        if let block = context.pipeline.analytics.take() { settings.writeAnalytics?(block) }
    }

    // MARK: Sockets

    func watch(_ descriptor: Int32, _ events: UInt32, _ token: UInt64) -> Bool {
        cepoll_add(epoll, descriptor, events, token) == 0
    }

    func rewatch(_ descriptor: Int32, _ events: UInt32, _ token: UInt64) {
        _ = cepoll_change(epoll, descriptor, events, token)
    }

    func unwatch(_ descriptor: Int32) { _ = cepoll_remove(epoll, descriptor) }

    func listen(on descriptors: [Int32]) -> Bool {
        listeners = descriptors.map { Listener(loop: self, descriptor: $0) }
        return listeners.allSatisfy { $0.open() }
    }

    /// Takes a client's connection in, or closes it when there are too many.
    func admit(_ descriptor: Int32, from address: sockaddr_storage, port: UInt16, at now: WireInstant) {
        guard !context.isDraining, settings.allowance.clients.take() else {
            cepoll_close(descriptor)
            return
        }
        let facts = settings.facts(PeerAddress(address), port, now)
        let client = ClientSocket(loop: self, descriptor: descriptor, facts: facts, at: now)
        guard client.watch() else {
            settings.allowance.clients.giveBack()
            cepoll_close(descriptor)
            return
        }
        clientCount += 1
        context.pipeline.metrics?.clientOpened()
        client.arm()
    }

    func clientLeft() {
        clientCount -= 1
        context.pipeline.metrics?.clientClosed()
        settings.allowance.clients.giveBack()
        if clientCount == 0 { drained?() }
    }

    func pool(for upstream: Upstream) -> UpstreamPool {
        if upstream.pool < pools.count, let pool = pools[upstream.pool] { return pool }
        while pools.count <= upstream.pool { pools.append(nil) }
        let pool = UpstreamPool(upstream: upstream, loop: self)
        pools[upstream.pool] = pool
        return pool
    }

    private var clients: [ClientSocket] { targets.all.compactMap { $0 as? ClientSocket } }

    // MARK: Life

    /// Lets requests end and takes no new ones; calls back when no client is left.
    func drain(then body: @escaping @Sendable () -> Void) {
        context.isDraining = true
        drained = body
        for listener in listeners { listener.close() }
        let now = now()
        for client in clients { client.closeIfIdle(at: now) }
        if clientCount == 0 { body() }
    }

    /// Closes every client's connection at once.
    func abort() {
        let now = now()
        for client in clients { client.abort(at: now) }
    }

    /// Ends the loop; calls back when all is closed.
    func stop(then body: @escaping @Sendable () -> Void) { stopped = body }

    private func finish() {
        for listener in listeners { listener.close() }
        abort()
        for pool in pools { pool?.close() }
        runPostponed()
        writeLogs()
        for target in targets.all { (target as? Socket)?.close() }
        for target in targets.all { target.leave() }
        for job in mailbox.finish() { job(self) }
        reading.removeAll()
        postponed.removeAll()
        pools.removeAll()
        stopped?()
    }
}
