import NIOCore
import NIOPosix

/// A proxy that answers `CONNECT`, and behind it a TLS server that echoes request lines: both in one.
final class TunnelServer: Sendable {
    let port: Int
    /// What was asked with `CONNECT`.
    let heads: Observed<[String]>
    private let channel: any Channel

    private init(channel: any Channel, heads: Observed<[String]>) {
        self.channel = channel
        self.heads = heads
        port = channel.localAddress?.port ?? 0
    }

    static func start() async throws -> TunnelServer {
        let heads = Observed<[String]>([])
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelHandler(heads: heads))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        return TunnelServer(channel: channel, heads: heads)
    }

    func stop() async { try? await channel.close() }
}

/// Reads the head of `CONNECT` in as many pieces as it comes in, then makes way for TLS.
private final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let heads: Observed<[String]>
    private var text = ""

    init(heads: Observed<[String]>) { self.heads = heads }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard text.hasSuffix("\r\n\r\n") else { return }
        heads.change { [text] in $0.append(text) }
        let answer = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        context.writeAndFlush(NIOAny(answer), promise: nil)
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(TestIdentity.serverHandler())
            try pipeline.addHandler(AnsweringHandler(answer: Reply.echo, texts: Observed<[String]>([])))
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
