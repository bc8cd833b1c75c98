import CEpoll
import GatewayCore
import Synchronization

/// A client connection that this transport cannot serve: it asks for another protocol, or its request goes to an upstream that is not
/// reached by plain HTTP/1.1.
///
/// Unchecked, because a `ProxyConnection` is confined to one loop: the loop gives it away with this value and keeps no reference, and
/// the receiver first has it arrive in the context of its own loop. The mailbox between the two orders their accesses.
public struct HandedOverConnection: @unchecked Sendable {
    public let socket: HandedOverSocket
    /// What is known of the client and, if ``isDecided``, its request.
    public let connection: ProxyConnection
    /// Whether a request has been decided and waits for its upstream. If not, ``received`` begins with a request that nobody has seen,
    /// and the receiver begins afresh.
    public let isDecided: Bool
    /// Bytes of the client that are still to be looked at.
    public let received: [UInt8]
    /// Bytes that the client has to get before all others.
    public let unsent: [UInt8]
}

/// A client's socket between two transports: open, and watched by nobody. If nobody takes it, it is closed.
public final class HandedOverSocket: Sendable {
    /// For whoever says next that it is ``taken()``.
    public let descriptor: Int32
    private let isTaken = Atomic(false)

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// From now on the receiver has to close the descriptor.
    public func taken() { isTaken.store(true, ordering: .relaxed) }

    deinit { if !isTaken.load(ordering: .relaxed) { cepoll_close(descriptor) } }
}
