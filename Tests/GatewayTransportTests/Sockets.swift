import NIOCore
import NIOPosix
import Synchronization

/// Bytes of one side of a connection as they arrive, with waiting for a condition.
final class ReceivedBytes: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var text = ""
        var isClosed = false
        var waiters: [(condition: @Sendable (String, Bool) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var text: String { state.withLock { $0.text } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        change { $0.text += text }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { change { $0.isClosed = true } }
    }

    func channelInactive(context: ChannelHandlerContext) { change { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let ready = state.waiters.filter { $0.condition(state.text, state.isClosed) }
            state.waiters.removeAll { $0.condition(state.text, state.isClosed) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until the text or the end meets a condition.
    func wait(until condition: @escaping @Sendable (_ text: String, _ isClosed: Bool) -> Bool) async -> String {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.text, state.isClosed) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
        return text
    }

    func clear() { state.withLock { $0.text = "" } }
}

/// A TCP connection that sends and receives plain text.
struct RawConnection: Sendable {
    let channel: any Channel
    let received: ReceivedBytes

    static func connect(port: Int) async throws -> RawConnection {
        let received = ReceivedBytes()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(received) }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, received: received)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    func close() async { try? await channel.close() }

    /// Sends and waits until the text received ends in `suffix`.
    func exchange(_ text: String, until suffix: String) async throws -> String {
        received.clear()
        try await send(text)
        return await received.wait { text, isClosed in text.hasSuffix(suffix) || isClosed }
    }
}

/// A server whose connections are handed to the test.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let shared: SharedConnections

    private init(channel: any Channel, shared: SharedConnections) {
        self.channel = channel
        self.shared = shared
        port = channel.localAddress?.port ?? 0
    }

    /// `answer` is called with all text of a request so far on its connection and says what to send, nil for nothing yet. The text is
    /// cleared after an answer.
    static func start(answer: @escaping @Sendable (String) -> Reply?) async throws -> RawServer {
        let shared = SharedConnections()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                shared.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnsweringHandler(answer: answer, shared: shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel: channel, shared: shared)
    }

    var accepted: Int { shared.count }
    var requests: [String] { shared.requests }

    func closeConnections() async { await shared.closeAll() }

    func stop() async {
        try? await channel.close()
        await shared.closeAll()
    }
}

/// What a ``RawServer`` sends.
struct Reply: Sendable {
    var text: String
    var closes = false

    static func ok(_ body: String) -> Reply {
        Reply(text: "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

final class SharedConnections: Sendable {
    private let channels = Mutex<[any Channel]>([])
    private let texts = Mutex<[String]>([])

    var count: Int { channels.withLock { $0.count } }
    var requests: [String] { texts.withLock { $0 } }
    func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
    func add(request: String) { texts.withLock { $0.append(request) } }

    func closeAll() async {
        for channel in channels.withLock({ $0 }) { try? await channel.close() }
    }
}

final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: @Sendable (String) -> Reply?
    private let shared: SharedConnections
    private var text = ""

    init(answer: @escaping @Sendable (String) -> Reply?, shared: SharedConnections) {
        self.answer = answer
        self.shared = shared
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let reply = answer(text) else { return }
        shared.add(request: text)
        text = ""
        context.writeAndFlush(NIOAny(ByteBuffer(string: reply.text)), promise: nil)
        if reply.closes { context.close(promise: nil) }
    }
}
