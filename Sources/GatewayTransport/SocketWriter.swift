import NIOCore

/// The handler next to the socket: sends what the others write straight to it, as ``ChannelWriter`` does where there are no others.
///
/// What the socket does not take at once goes through the channel, and everything after it until the channel's queue is empty.
final class SocketWriter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var socket = DirectSocket.none
    private var channel: (any Channel)?
    /// Written, and not flushed yet.
    private var waiting: ByteBuffer?
    private var waitingPromise: EventLoopPromise<Void>?
    /// Writes in the channel's queue.
    private var queued = 0

    func handlerAdded(context: ChannelHandlerContext) {
        socket = DirectSocket(of: context)
        channel = context.channel
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        socket = .none
        channel = nil
        waiting = nil
        waitingPromise?.fail(ChannelError.ioOnClosedChannel)
        waitingPromise = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard socket.exists, queued == 0, waiting == nil else {
            passOn(context)
            return enqueue(bytes, promise, context)
        }
        waiting = bytes
        waitingPromise = promise
    }

    func flush(context: ChannelHandlerContext) {
        guard let bytes = waiting else { return context.flush() }
        var sent = 0
        if let channel, channel.isActive {
            sent = bytes.withUnsafeReadableBytes { socket.send($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
        guard sent == bytes.readableBytes else {
            waiting?.moveReaderIndex(forwardBy: sent)
            passOn(context)
            return context.flush()
        }
        waiting = nil
        if let promise = waitingPromise {
            waitingPromise = nil
            promise.succeed()
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        passOn(context)
        context.close(mode: mode, promise: promise)
    }

    /// Gives the channel what waits for a flush.
    private func passOn(_ context: ChannelHandlerContext) {
        guard let bytes = waiting else { return }
        let promise = waitingPromise
        waiting = nil
        waitingPromise = nil
        enqueue(bytes, promise, context)
    }

    private func enqueue(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        queued += 1
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.queued -= 1 }
        context.write(wrapOutboundOut(bytes), promise: written)
    }
}
