import GatewayCore
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A loop's HTTP/2 connections to one address. Requests share a connection up to its limit; only then another one is opened.
final class MultiplexedPool: UpstreamPool {
    private var open: [MultiplexedConnection] = []
    private var waiting: [ProxyClient] = []
    private var opening = 0

    override var isMultiplexed: Bool { true }

    var now: Int64 { loop.now().milliseconds }
    var streamLimit: Int { loop.settings.http2.streams }

    override func acquire(for client: ProxyClient, fresh: Bool) -> Acquisition {
        if !fresh, waiting.isEmpty, let connection = open.first(where: \.hasRoom) {
            connection.open(for: client)
            return .waiting
        }
        guard waiting.count < loop.settings.upstreams.waiters else { return .exhausted }
        waiting.append(client)
        connectIfNeeded()
        return .waiting
    }

    private func connectIfNeeded() {
        guard waiting.count > opening * streamLimit, open.count + opening < loop.settings.upstreams.connections else { return }
        connect()
    }

    override func cancel(_ client: ProxyClient) { waiting.removeAll { $0 === client } }

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
        if let client = stream.reservation, client.isWaiting(for: self) { client.upstreamEnded(failure) }
    }

    /// Tells a client, when the event at hand is dealt with, that its connection is gone.
    func fail(_ client: ProxyClient) {
        loop.flushes.add { if client.isWaiting(for: self) { client.upstreamEnded(.closed) } }
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
        serveWaiters()
    }

    func serveWaiters() {
        while !waiting.isEmpty, let connection = open.first(where: \.hasRoom) { connection.open(for: waiting.removeFirst()) }
    }

    /// No further requests go to this connection.
    func forget(_ connection: MultiplexedConnection) {
        open.removeAll { $0 === connection }
        if open.isEmpty, !waiting.isEmpty, opening == 0 { connect() }
    }

    /// All that wait are told: there is no other connection that they could wait for.
    func failedToOpen(_ failure: UpstreamFailure) {
        opening -= 1
        guard opening == 0, open.isEmpty else { return }
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
