import NIOCore
import NIOPosix

/// A server that answers as a test says, or whose connections the test plays by hand.
final class RawServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Observed<[RawConnection]>
    private let texts: Observed<[String]>

    private init(channel: any Channel, connections: Observed<[RawConnection]>, texts: Observed<[String]>) {
        self.channel = channel
        self.connections = connections
        self.texts = texts
        port = channel.localAddress?.port ?? 0
    }

    /// - Parameters:
    ///   - answer: is called with all text of a request so far on its connection and says what to send, nil for nothing yet. The text
    ///     is cleared after an answer. Without it the test answers through ``connection(_:)``.
    ///   - sendBuffer: bytes that the system takes for a reader that does not read.
    static func start(
        host: String = "127.0.0.1", checksBody: Bool = false, sendBuffer: Int? = nil, isTLS: Bool = false,
        answer: (@Sendable (String) -> Reply?)? = nil
    ) async throws -> RawServer {
        let connections = Observed<[RawConnection]>([])
        let texts = Observed<[String]>([])
        var bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: answer == nil)
        if let sendBuffer {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: SocketOptionValue(sendBuffer))
        }
        let channel = try await bootstrap.childChannelInitializer { channel in
            let received = ReceivedBytes(checksBody: checksBody)
            return channel.eventLoop.makeCompletedFuture {
                if isTLS { try channel.pipeline.syncOperations.addHandler(TestIdentity.serverHandler()) }
                if let answer { try channel.pipeline.syncOperations.addHandler(AnsweringHandler(answer: answer, texts: texts)) }
                try channel.pipeline.syncOperations.addHandler(received)
                connections.change { $0.append(RawConnection(channel: channel, received: received)) }
            }
        }.bind(host: host, port: 0).get()
        return RawServer(channel: channel, connections: connections, texts: texts)
    }

    var accepted: Int { connections.value.count }
    var requests: [String] { texts.value }

    /// Waits for the connection of this number.
    func connection(_ number: Int = 0) async -> RawConnection {
        await connections.wait { $0.count > number }[number]
    }

    func closeConnections() async {
        for connection in connections.value { await connection.close() }
    }

    func stop() async {
        try? await channel.close()
        await closeConnections()
    }
}

/// What a ``RawServer`` sends.
struct Reply: Sendable {
    var text: String
    var closes = false

    /// Without it the gateway would add one of its own.
    static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    static func ok(_ body: String) -> Reply {
        Reply(text: "HTTP/1.1 200 OK\r\n\(date)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Answers each complete head with its request line.
    static let echo: @Sendable (String) -> Reply? = { request in
        request.hasSuffix("\r\n\r\n") ? .ok(String(request.prefix { $0 != "\r\n" })) : nil
    }
}

final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let answer: @Sendable (String) -> Reply?
    private let texts: Observed<[String]>
    private var text = ""

    init(answer: @escaping @Sendable (String) -> Reply?, texts: Observed<[String]>) {
        self.answer = answer
        self.texts = texts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        context.fireChannelRead(data)
        guard let reply = answer(text) else { return }
        texts.change { [text] in $0.append(text) }
        text = ""
        context.writeAndFlush(NIOAny(ByteBuffer(string: reply.text)), promise: nil)
        if reply.closes { context.close(promise: nil) }
    }
}
