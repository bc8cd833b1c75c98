import GatewayCore
import Model
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// One question to an endpoint, over a connection of its own: an endpoint is well if it takes the connection and answers a GET with a status
/// from 200 to 399 in time. Of endpoints that are called with HTTP/2 the connection is all that is asked. A proxy on the way is asked as for
/// any call, so what it says in the place of an endpoint that it does not reach counts.
final class HealthProbe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let upstream: Upstream
    private let check: GatewayHealthCheck
    private let loop: GatewayLoop
    private var answer = ByteBuffer()
    private var whenDone: ((Bool) -> Void)?
    private var channel: (any Channel)?

    init(_ upstream: Upstream, _ check: GatewayHealthCheck, _ loop: GatewayLoop) {
        self.upstream = upstream
        self.check = check
        self.loop = loop
    }

    /// Asks, and calls back once on the loop.
    ///
    /// - Parameter place: which server of a service is asked.
    func run(at place: ServicePlace?, _ whenDone: @escaping (Bool) -> Void) {
        let limit = TimeAmount.milliseconds(Int64(check.timeoutMilliseconds))
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let deadline = loop.eventLoop.scheduleTask(in: limit) { bound.value.end(false) }
        self.whenDone = { isWell in
            deadline.cancel()
            whenDone(isWell)
        }
        let (host, port) = (place?.host ?? upstream.host, place?.port ?? upstream.port)
        let route = NIOLoopBound(
            UpstreamRoute(
                upstream: upstream, trust: loop.context.pipeline.snapshot.upstreamTrust[upstream.pool], tls: loop.tls,
                timeoutMilliseconds: Int64(check.timeoutMilliseconds)), eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try route.value.prepare(channel, to: host, port, [bound.value]) }
            }
            .connect(host: route.value.firstHost(to: host), port: route.value.firstPort(to: port))
            .assumeIsolated().whenFailure { _ in self.end(false) }
    }

    func channelActive(context: ChannelHandlerContext) {
        channel = context.channel
        if whenDone == nil { return context.close(promise: nil) }
        if !upstream.isTLS { connected(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { connected(context) }
    }

    private func connected(_ context: ChannelHandlerContext) {
        if upstream.isHTTP2 { return end(true) }
        let host = String(decoding: upstream.hostField, as: UTF8.self)
        // RFC 9112 §3.2.2: a proxy that sees the request is told the whole URL.
        let proxy = upstream.needsTunnel ? nil : upstream.proxy
        let target = proxy == nil ? check.path : "http://\(host)\(check.path)"
        var text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: Martlet-health-check\r\nConnection: close\r\n"
        text += String(decoding: proxy?.authorizationLine ?? [], as: UTF8.self) + "\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// `HTTP/1.1 200` is all that counts.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        answer.writeBuffer(&bytes)
        guard answer.readableBytes >= 12 else { return }
        let status = answer.readableBytesView.dropFirst(9).first
        end(answer.readableBytesView.starts(with: "HTTP/1.".utf8) && (status == 0x32 || status == 0x33))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(false) }

    func channelInactive(context: ChannelHandlerContext) { end(false) }

    private func end(_ isWell: Bool) {
        guard let whenDone else { return }
        self.whenDone = nil
        channel?.close(promise: nil)
        whenDone(isWell)
    }
}
