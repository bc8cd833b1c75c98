import GatewayCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The way to the peer of a channel.
///
/// Where no handler has to see the bytes (no TLS), they go straight to the socket as long as none wait in the channel: the way through the
/// pipeline and the channel's queue costs more than everything else that the gateway does with an answer. What the socket does not take
/// at once goes through the channel, and everything after it until the channel's queue is empty.
final class ChannelWriter {
    private let context: ChannelHandlerContext
    private let channel: any Channel
    /// -1 if bytes always go through the channel.
    private let descriptor: NIOBSDSocket.Handle
    /// Writes in the channel's queue.
    private var queued = 0

    /// - Parameter isDirect: whether the handler of `context` is the only one that would see the bytes.
    init(_ context: ChannelHandlerContext, isDirect: Bool) {
        self.context = context
        channel = context.channel
        descriptor = isDirect ? Self.descriptor(of: context) : -1
    }

    private static func descriptor(of context: ChannelHandlerContext) -> NIOBSDSocket.Handle {
        #if canImport(Darwin)
            -1  // There a write to a closed connection raises a signal.
        #else
            (try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? -1
        #endif
    }

    /// Sends two runs of bytes to the socket and answers how many it took: none if they have to go through the channel, fewer than there
    /// are if it is full or broken.
    @inline(__always)
    func sendNow(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        // The descriptor belongs to the channel and may be another connection's as soon as that is closed.
        guard descriptor >= 0, queued == 0, channel.isActive else { return 0 }
        return max(0, Self.transmit(descriptor, first, second))
    }

    /// Has the channel send bytes, and keeps the order for what follows. An error closes the channel.
    func enqueue(_ bytes: ByteBuffer, flush: Bool) {
        guard descriptor >= 0 else {
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

    #if canImport(Darwin)
        private static func transmit(_: CInt, _: UnsafeRawBufferPointer, _: UnsafeRawBufferPointer) -> Int { 0 }
    #else
        private static func transmit(
            _ descriptor: CInt, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
        ) -> Int {
            let flags = CInt(MSG_NOSIGNAL)
            while true {
                let sent =
                    second.isEmpty
                    ? send(descriptor, first.baseAddress, first.count, flags) : gather(descriptor, first, second, flags)
                if sent >= 0 || errno != EINTR { return sent }
            }
        }

        private static func gather(
            _ descriptor: CInt, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ flags: CInt
        ) -> Int {
            let runs = (
                iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
                iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
            )
            return withUnsafeBytes(of: runs) { runs in
                var message = msghdr()
                message.msg_iov = UnsafeMutablePointer(mutating: runs.assumingMemoryBound(to: iovec.self).baseAddress)
                message.msg_iovlen = 2
                return sendmsg(descriptor, &message, flags)
            }
        }
    #endif
}
