import GatewayCore
import NIOCore

/// The way to the peer of a channel.
///
/// Where no handler has to see the bytes (no TLS), they go straight to the socket as long as none wait in the channel. What the socket does
/// not take at once goes through the channel, and everything after it until the channel's queue is empty.
final class ChannelWriter {
    private let context: ChannelHandlerContext
    private let channel: any Channel
    private let socket: DirectSocket
    /// Writes in the channel's queue.
    private var queued = 0

    /// - Parameter isDirect: whether the handler of `context` is the only one that would see the bytes.
    init(_ context: ChannelHandlerContext, isDirect: Bool) {
        self.context = context
        channel = context.channel
        socket = isDirect ? DirectSocket(of: context) : .none
    }

    /// Sends two runs of bytes to the socket and answers how many it took: none if they have to go through the channel, fewer than there
    /// are if it is full or broken.
    @inline(__always)
    func sendNow(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        guard socket.exists, queued == 0, channel.isActive else { return 0 }
        return socket.send(first, second)
    }

    /// Has the channel send bytes, and keeps the order for what follows. An error closes the channel.
    func enqueue(_ bytes: ByteBuffer, flush: Bool) {
        guard socket.exists else {
            return flush ? context.writeAndFlush(NIOAny(bytes), promise: nil) : context.write(NIOAny(bytes), promise: nil)
        }
        queued += 1
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.queued -= 1 }
        if flush {
            context.writeAndFlush(NIOAny(bytes), promise: written)
        } else {
            context.write(NIOAny(bytes), promise: written)
        }
    }
}
