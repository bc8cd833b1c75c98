import GatewayCore
import NIOCore
import NIOTLS

/// Finds out which version of HTTP a new connection speaks, and leaves: over TLS both sides agree on it in the handshake (RFC 7301), without
/// TLS a client that speaks HTTP/2 says so with its first bytes (RFC 9113 §3.3).
final class ProtocolSelector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let loop: GatewayLoop
    private let facts: ConnectionFacts
    private var first: ByteBuffer?

    init(loop: GatewayLoop, facts: ConnectionFacts) {
        self.loop = loop
        self.facts = facts
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let version) = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if version == "h2" {
            var facts = facts
            facts.noteCertificate(of: context.channel, loop)
            changeToHTTP2(context, facts)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
        leave(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if var earlier = first {
            first = nil
            earlier.writeBuffer(&bytes)
            bytes = earlier
        }
        guard !facts.isTLS, bytes.readableBytesView.starts(with: Self.preface.prefix(bytes.readableBytes)) else {
            return pass(bytes, context)
        }
        if bytes.readableBytes < Self.preface.count { return first = bytes }
        changeToHTTP2(context, facts)
        pass(bytes, context)
    }

    /// Also what came in part is for the handler behind to judge.
    func channelInactive(context: ChannelHandlerContext) {
        if let first { context.fireChannelRead(wrapInboundOut(first)) }
        first = nil
        context.fireChannelInactive()
    }

    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(bytes))
        leave(context)
    }

    private func leave(_ context: ChannelHandlerContext) {
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func changeToHTTP2(_ context: ChannelHandlerContext, _ facts: ConnectionFacts) {
        let pipeline = context.pipeline.syncOperations
        do {
            if let http1 = try? pipeline.context(handlerType: ClientHandler.self) {
                pipeline.removeHandler(context: http1, promise: nil)
            }
            try pipeline.addHandlers(loop.http2Handlers(facts), position: .last)
        } catch {
            context.close(promise: nil)
        }
    }
}

extension GatewayLoop {
    /// The handlers of a client's HTTP/2 connection, which has ``SocketWriter`` before its TLS if it has that.
    func http2Handlers(_ facts: ConnectionFacts) -> [any ChannelHandler] {
        var facts = facts
        facts.isHTTP2 = true
        let connection = ClientConnectionHandler(loop: self, facts: facts)
        return facts.isTLS ? [connection] : [SocketWriter(), connection]
    }
}
