import NIOCore

/// Notices that the client has ended its side of the connection, for answers that would otherwise go on for ever: nothing more will be read
/// while such an answer is sent, so nobody else would notice.
final class ClientDeparture: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any

    private var hasLeft = false
    private var observer: (@Sendable () -> Void)?

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { left() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        left()
        context.fireChannelInactive()
    }

    private func left() {
        hasLeft = true
        observer?()
        observer = nil
    }

    /// Waits until the client of `channel` has left.
    static func wait(on channel: any Channel) async {
        let (departures, continuation) = AsyncStream.makeStream(of: Void.self)
        channel.eventLoop.execute {
            guard let handler = try? channel.pipeline.syncOperations.handler(type: ClientDeparture.self), !handler.hasLeft
            else {
                return continuation.finish()
            }
            handler.observer = { continuation.finish() }
        }
        for await _ in departures {}
    }
}
