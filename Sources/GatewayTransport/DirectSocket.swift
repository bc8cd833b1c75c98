import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

#if !canImport(Darwin)
    private func sendBytes(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
        send(descriptor, bytes, count, flags)
    }
#endif

/// The socket of a channel, for sending past the channel's queue: the way through that costs more than everything else that the gateway
/// does with an answer.
struct DirectSocket {
    /// -1 where bytes always go through the channel.
    private let descriptor: NIOBSDSocket.Handle

    /// A socket that takes nothing.
    static let none = DirectSocket(descriptor: -1)

    private init(descriptor: NIOBSDSocket.Handle) { self.descriptor = descriptor }

    init(of context: ChannelHandlerContext) {
        #if canImport(Darwin)
            descriptor = -1  // There a write to a closed connection raises a signal.
        #else
            descriptor =
                (try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? -1
        #endif
    }

    var exists: Bool { descriptor >= 0 }

    /// Sends two runs of bytes and answers how many were taken: fewer than there are if the socket is full or broken. The descriptor
    /// belongs to the channel and may be another connection's as soon as that is closed: call it for active channels only.
    @inline(__always)
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        guard descriptor >= 0 else { return 0 }
        return max(0, Self.transmit(descriptor, first, second))
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
                    ? sendBytes(descriptor, first.baseAddress, first.count, flags) : gather(descriptor, first, second, flags)
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
