import GatewayCore
import Model
import NIOCore

/// Everything that belongs to one event loop: the wire context, the client connections, the pools and the clock. Never leaves it.
final class GatewayLoop {
    let eventLoop: any EventLoop
    let context: WireContext
    let settings: GatewaySettings
    let allowance: GatewayAllowance
    private let time: TimeSource
    let tls: UpstreamTLS
    /// By ``Upstream/pool``.
    private var pools: [UpstreamPool?] = []
    private var clients = ClientTable()
    /// Connections whose streams are the clients.
    private var http2Connections: [ObjectIdentifier: ClientConnectionHandler] = [:]
    let flushes: StreamFlushes
    let services: ServiceDirectory
    let unwellPlaces: UnwellPlaces
    /// On one loop of the gateway only.
    private var healthChecker: HealthChecker?
    private var wheel: DeadlineWheel
    private var epochOffset: Int64 = 0
    private var ticks = 0
    private var tick: RepeatedTask?
    private var drained: EventLoopPromise<Void>?
    /// Where heads and small bodies are put together. Free again when the write is through, which is nearly always at once.
    private var outgoing: ByteBuffer
    /// Where the heads of requests over HTTP/2 are put together.
    var requestText = ByteBuffer()

    /// Slices above this are sent as they are, next to the head, instead of being copied behind it.
    private static let copiedBytes = 16 * 1024
    /// Scratch bytes that are put together with others.
    private static let scratchBytes = 64 * 1024

    init(
        eventLoop: any EventLoop, settings: GatewaySettings, allowance: GatewayAllowance, pipeline: RequestPipeline,
        time: TimeSource, tls: UpstreamTLS, unwellPlaces: UnwellPlaces = UnwellPlaces()
    ) {
        self.eventLoop = eventLoop
        flushes = StreamFlushes(eventLoop: eventLoop)
        services = ServiceDirectory(eventLoop: eventLoop, servers: settings.upstreams.nameServers)
        self.unwellPlaces = unwellPlaces
        self.settings = settings
        self.allowance = allowance
        self.time = time
        self.tls = tls
        context = WireContext(
            pipeline: pipeline, limits: settings.limits, timeouts: settings.timeouts, allowance: allowance)
        wheel = DeadlineWheel(now: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000))
        outgoing = ByteBufferAllocator().buffer(capacity: 8192)
        readClock()
    }

    /// Starts the clock's tick.
    func start() {
        let delay = TimeAmount.milliseconds(DeadlineWheel.tickMilliseconds)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        tick = eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { _ in bound.value.turn() }
    }

    func now() -> WireInstant {
        let nanoseconds = NIODeadline.now().uptimeNanoseconds
        return WireInstant(
            nanoseconds: nanoseconds, epochMilliseconds: Int64(truncatingIfNeeded: nanoseconds / 1_000_000) + epochOffset)
    }

    /// The wall clock may be set at any time, so its distance to the monotonic one is measured again with every tick.
    private func readClock() {
        epochOffset = time.milliseconds - Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
    }

    private func turn() {
        readClock()
        let now = now()
        for entry in wheel.advance(to: now.milliseconds) { clients[entry.token]?.wake(tick: entry.tick, at: now) }
        ticks += 1
        let isWholeSecond = ticks % (1000 / Int(DeadlineWheel.tickMilliseconds)) == 0
        if isWholeSecond {
            writeLogs()
            for connection in Array(http2Connections.values) { connection.check(at: now.milliseconds) }
            for pool in pools { pool?.closeIdle(before: now.milliseconds - settings.upstreams.idleMilliseconds) }
        }
        if ticks % (60_000 / Int(DeadlineWheel.tickMilliseconds)) == 0 {
            context.pipeline.reportKeyUses(nowMilliseconds: now.epochMilliseconds)
        }
    }

    /// Hands log lines to their files when there are many, so that the buffers stay small enough for the processor's cache.
    @inline(__always)
    func writeFullLogs() {
        if context.pipeline.hasFullLog { writeLogs() }
    }

    /// Hands all log lines to their files.
    @inline(never)
    private func writeLogs() {
        if let block = context.pipeline.accessLog.take() { settings.accessLog?.write(block) }
        if let block = context.pipeline.analytics.take() { settings.analyticsLog?.write(block) }
    }

    // MARK: Client connections

    /// Enters a client connection; nil when there are too many, or the gateway takes no new ones.
    ///
    /// - Parameter isAdopted: whether it had been admitted before it came from another transport.
    func admit(_ client: ProxyClient, isAdopted: Bool) -> UInt64? {
        if isAdopted {
            allowance.clients.takeAnyway()
        } else {
            guard client.isStream || !context.isDraining, allowance.clients.take() else { return nil }
        }
        context.pipeline.metrics?.clientOpened(isNew: !isAdopted)
        return clients.insert(client)
    }

    func remove(_ token: UInt64) {
        clients.remove(token)
        context.pipeline.metrics?.clientClosed()
        allowance.clients.giveBack()
        noteIfEmpty()
    }

    /// Enters an HTTP/2 connection; false when there are too many.
    func admit(_ connection: ClientConnectionHandler) -> Bool {
        guard !context.isDraining, allowance.clients.take() else { return false }
        http2Connections[ObjectIdentifier(connection)] = connection
        return true
    }

    func remove(_ connection: ClientConnectionHandler) {
        guard http2Connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        allowance.clients.giveBack()
        noteIfEmpty()
    }

    private var isEmpty: Bool { clients.count == 0 && http2Connections.isEmpty }

    private func noteIfEmpty() { if isEmpty { drained?.succeed() } }

    func schedule(_ token: UInt64, deadline: Int64) -> Int64 { wheel.insert(token, deadline: deadline) }

    /// Sends scratch bytes and a part of a received buffer in as few writes as possible, and empties the scratch.
    func send(_ scratch: OutputBuffer, _ buffer: ByteBuffer, _ range: Range<Int>, to writer: ChannelWriter) {
        let isCopied = range.count <= Self.copiedBytes
        let (sent, total) = buffer.withUnsafeReadableBytes { bytes in
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            if isCopied { scratch.append(part) }
            let rest = isCopied ? UnsafeRawBufferPointer(start: nil, count: 0) : part
            return (writer.sendNow(scratch.bytes, rest), scratch.count + rest.count)
        }
        if sent < total { enqueue(scratch, isCopied ? nil : buffer, range, from: sent, to: writer) }
        // After a collected body; memory of its size is not kept.
        let isLarge = scratch.count > Self.scratchBytes
        scratch.removeAll()
        if isLarge { scratch.shrink(to: Self.scratchBytes) }
    }

    /// Has the channel send what the socket did not take.
    private func enqueue(
        _ scratch: OutputBuffer, _ buffer: ByteBuffer?, _ range: Range<Int>, from sent: Int, to writer: ChannelWriter
    ) {
        let taken = max(0, sent - scratch.count)
        let slice = buffer.flatMap { $0.getSlice(at: $0.readerIndex + range.lowerBound + taken, length: range.count - taken) }
        let rest = scratch.bytes.dropFirst(sent)
        if rest.count > Self.scratchBytes {
            writer.enqueue(ByteBuffer(bytes: rest), flush: slice == nil)
        } else if !rest.isEmpty {
            outgoing.clear()
            outgoing.writeBytes(rest)
            writer.enqueue(outgoing, flush: slice == nil)
        }
        if let slice { writer.enqueue(slice, flush: true) }
    }

    // MARK: Upstreams

    func pool(for upstream: Upstream) -> UpstreamPool {
        while pools.count <= upstream.pool { pools.append(nil) }
        if let pool = pools[upstream.pool] { return pool }
        let pool = makePool(upstream)
        pools[upstream.pool] = pool
        return pool
    }

    private func makePool(_ upstream: Upstream) -> UpstreamPool {
        let trust = context.pipeline.snapshot.upstreamTrust[upstream.pool]
        if upstream.isHTTP2 { return MultiplexedPool(upstream: upstream, loop: self, trust: trust) }
        return UpstreamPool(upstream: upstream, loop: self, trust: trust)
    }

    // MARK: Life

    func install(_ snapshot: Snapshot) {
        context.pipeline.install(snapshot)
        for (number, pool) in pools.enumerated() { pool?.setTrust(snapshot.upstreamTrust[number]) }
        healthChecker?.follow(snapshot.healthChecks)
    }

    /// Makes this the loop that asks endpoints whether they are well.
    func startHealthChecks() {
        let checker = HealthChecker(loop: self)
        healthChecker = checker
        checker.follow(context.pipeline.snapshot.healthChecks)
    }

    /// Lets requests end and takes no new ones.
    func beginDraining() {
        context.isDraining = true
        let now = now()
        for client in clients.all { client.closeIfIdle(at: now) }
        for connection in http2Connections.values { connection.leave() }
    }

    /// Succeeds when no client is left.
    func drain() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        if isEmpty { promise.succeed() }
        return promise.futureResult
    }

    /// Closes everything at once.
    func abort() {
        for client in clients.all { client.abort() }
        for connection in Array(http2Connections.values) { connection.close() }
        for pool in pools { pool?.close() }
        writeLogs()
        healthChecker?.stop()
        tick?.cancel()
        tick = nil
    }
}
