import NIOCore
import NIOHTTP2
import NIOPosix

/// A proxy that answers `CONNECT`, and behind it a server that echoes request lines, or answers 204 in HTTP/2: both in one.
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

    /// - Parameter isHTTP2: whether the server behind speaks that.
    static func start(isTLS: Bool = true, isHTTP2: Bool = false) async throws -> TunnelServer {
        let heads = Observed<[String]>([])
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelHandler(heads: heads, isTLS: isTLS, isHTTP2: isHTTP2))
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
    private let isTLS: Bool
    private let isHTTP2: Bool
    private var text = ""

    init(heads: Observed<[String]>, isTLS: Bool, isHTTP2: Bool) {
        self.heads = heads
        self.isTLS = isTLS
        self.isHTTP2 = isHTTP2
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard text.hasSuffix("\r\n\r\n") else { return }
        heads.change { [text] in $0.append(text) }
        let answer = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        context.writeAndFlush(NIOAny(answer), promise: nil)
        do {
            let pipeline = context.pipeline.syncOperations
            if isTLS { try pipeline.addHandler(isHTTP2 ? TestIdentity.http2ServerHandler() : TestIdentity.serverHandler()) }
            if isHTTP2 {
                try pipeline.addHandler(
                    NIOHTTP2Handler(mode: .server, eventLoop: context.eventLoop) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandler(EmptyAnswers())
                        }
                    })
            } else {
                try pipeline.addHandler(AnsweringHandler(answer: Reply.echo, texts: Observed<[String]>([])))
            }
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

/// Answers each request with 204.
private final class EmptyAnswers: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .headers = unwrapInboundIn(data) else { return }
        let answer = HTTP2Frame.FramePayload.Headers(headers: [":status": "204"], endStream: true)
        context.writeAndFlush(wrapOutboundOut(.headers(answer)), promise: nil)
    }
}
