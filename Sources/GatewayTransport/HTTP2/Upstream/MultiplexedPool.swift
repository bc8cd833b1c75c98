import GatewayCore
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A loop's HTTP/2 connections to one address. Requests share a connection up to its limit; only then another one is opened.
final class MultiplexedPool: UpstreamPool {
    private var open: [MultiplexedConnection] = []
    private var waiting: [ProxyClient] = []
    /// Clients that want a connection on which nothing was sent yet.
    private var waitingForFresh: [ProxyClient] = []
    private var opening = 0

    override var isMultiplexed: Bool { true }

    var now: Int64 { loop.now().milliseconds }
    var streamLimit: Int { loop.settings.http2.streams }

    override func acquire(for client: ProxyClient, fresh: Bool) -> Acquisition {
        if isService { heedHealth() }
        if !fresh, waiting.isEmpty, let connection = open.first(where: \.hasRoom) {
            connection.open(for: client)
            return .waiting
        }
        guard waiting.count + waitingForFresh.count < loop.settings.upstreams.waiters else { return .exhausted }
        // Where there may be no further connection, one of those that are there has to do.
        if fresh, opening > 0 || hasRoomForConnection {
            waitingForFresh.append(client)
        } else {
            waiting.append(client)
        }
        connectIfNeeded()
        serveWaiters()
        return .waiting
    }

    private var hasRoomForConnection: Bool { open.count + opening < loop.settings.upstreams.connections }

    private func connectIfNeeded() {
        guard waiting.count + waitingForFresh.count > opening * streamLimit, hasRoomForConnection else { return }
        connect()
    }

    override func cancel(_ client: ProxyClient) {
        waiting.removeAll { $0 === client }
        waitingForFresh.removeAll { $0 === client }
    }

    override func closeIdle(before milliseconds: Int64) {
        let opened = now - loop.settings.upstreams.longestMilliseconds
        for connection in open { connection.closeIfIdle(since: milliseconds, orOpenSince: opened) }
    }

    /// Requests under way go on to their end.
    override func close() {
        for connection in open { connection.leave() }
    }

    // MARK: Streams

    override func connected(_ stream: UpstreamHandler) {
        stream.connection?.streamIsThere(stream)
        guard let client = stream.reservation, client.isWaiting(for: self) else { return stream.close() }
        client.upstreamConnected(stream)
    }

    override func failedToConnect(_ stream: UpstreamHandler, _ failure: UpstreamFailure) {
        // Nothing was sent, so another connection may serve the request.
        if let client = stream.reservation, client.isWaiting(for: self) { client.upstreamRefused() }
    }

    /// Tells a client, when the event at hand is dealt with, that its connection is gone.
    func fail(_ client: ProxyClient) {
        loop.flushes.add { if client.isWaiting(for: self) { client.upstreamRefused() } }
    }

    /// A stream ends by itself when both sides have said all.
    override func release(_ stream: UpstreamHandler) { stream.client = nil }

    override func ended(_ stream: UpstreamHandler) {}

    func streamHandler(_ connection: MultiplexedConnection) -> UpstreamStreamHandler {
        UpstreamStreamHandler(
            connection: connection, isTLS: isTLS, limits: loop.settings.limits, flushes: loop.flushes)
    }

    // MARK: Connections

    func opened(_ connection: MultiplexedConnection) {
        opening -= 1
        open.append(connection)
        while connection.hasRoom, !waitingForFresh.isEmpty { connection.open(for: waitingForFresh.removeFirst()) }
        serveWaiters()
        if !waitingForFresh.isEmpty { connectIfNeeded() }
    }

    func serveWaiters() {
        while !waiting.isEmpty, let connection = open.first(where: \.hasRoom) { connection.open(for: waiting.removeFirst()) }
    }

    /// No further requests go to this connection.
    func forget(_ connection: MultiplexedConnection) {
        open.removeAll { $0 === connection }
        if opening == 0, open.isEmpty && !waiting.isEmpty || !waitingForFresh.isEmpty { connect() }
    }

    /// All that wait are told: there is no other connection that they could wait for.
    func failedToOpen(_ failure: UpstreamFailure) {
        opening -= 1
        guard opening == 0 else { return }
        waiting += waitingForFresh
        waitingForFresh.removeAll()
        guard open.isEmpty else { return serveWaiters() }
        let clients = waiting
        waiting.removeAll()
        for client in clients where client.isWaiting(for: self) { client.upstreamEnded(failure) }
    }

    private func connect() {
        opening += 1
        let bounds = loop.settings.http2
        let frames = NIOHTTP2Handler(
            mode: .client, eventLoop: loop.eventLoop,
            connectionConfiguration: bounds.connection(
                headerListBytes: loop.settings.limits.responseHeadBytes),
            streamConfiguration: bounds.stream
        ) { pushed in pushed.close() }
        let connection = MultiplexedConnection(pool: self, frames: frames, limit: bounds.streams)
        let handlers: [any ChannelHandler] = [FlushGate(loop.flushes), frames, connection]
        connect(handlers) { connection.failedToConnect($0) }
    }
}
