import GatewayCore
import NIOCore

/// Has a proxy connect to an upstream (RFC 9110 §9.3.6), and then makes way for the handlers of the connection itself.
final class ProxyTunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private let mayBeSpokenTo: Bool
    private let timeout: TimeAmount
    private let onOpen: (ChannelHandlerContext) throws -> Void
    private var answer = ByteBuffer()
    private var expiry: Scheduled<Void>?

    /// Longest head of a proxy's answer.
    private static let headBytes = 16 * 1024

    /// - Parameters:
    ///   - mayBeSpokenTo: whether the upstream may speak first, as servers of HTTP/2 without TLS do.
    ///   - timeoutMilliseconds: for the proxy to answer.
    ///   - onOpen: adds the handlers that come next, when the way to the upstream is there, and tells those behind, for which the
    ///     connection begins only now, that it is active.
    init(
        to host: String, _ port: UInt16, through proxy: UpstreamProxy, mayBeSpokenTo: Bool, timeoutMilliseconds: Int64,
        onOpen: @escaping (ChannelHandlerContext) throws -> Void
    ) {
        let target = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        request =
            Array("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n".utf8) + proxy.authorizationLine + Array("\r\n".utf8)
        timeout = .milliseconds(timeoutMilliseconds)
        self.mayBeSpokenTo = mayBeSpokenTo
        self.onOpen = onOpen
    }

    func handlerRemoved(context: ChannelHandlerContext) { expiry?.cancel() }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
        let channel = context.channel
        expiry = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        answer.writeBuffer(&part)
        let bytes = Array(answer.readableBytesView)
        guard let end = Self.endOfHead(bytes) else {
            if bytes.count > Self.headBytes { context.close(promise: nil) }
            return
        }
        // Nothing else can come from an upstream before it is spoken to, so bytes behind the head are the proxy's own.
        guard bytes.count == end || mayBeSpokenTo, Self.isSuccess(bytes) else { return context.close(promise: nil) }
        answer.moveReaderIndex(forwardBy: end)
        do {
            try onOpen(context)
            if answer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(answer)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual("\r\n\r\n".utf8) }
    }

    /// Any status 2xx.
    private static func isSuccess(_ head: [UInt8]) -> Bool {
        let parts = head.prefix { $0 != 0x0d }.split(separator: 0x20)
        return parts.count >= 2 && parts[0].starts(with: "HTTP/1.".utf8) && parts[1].count == 3 && parts[1].first == 0x32
    }
}
