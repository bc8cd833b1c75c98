import NIOSSL
import Synchronization

/// The TLS side of an HTTPS listener, whose certificate can be replaced while it listens: connections that begin afterwards show the new one.
final class ListenerTLS: Sendable {
    private let make: @Sendable (ListenerIdentity) throws -> NIOSSLContext
    private let current: Mutex<NIOSSLContext>

    /// `make` builds the context of an identity, with whatever else the listener wants of TLS.
    init(_ identity: ListenerIdentity, make: @escaping @Sendable (ListenerIdentity) throws -> NIOSSLContext) throws {
        self.make = make
        current = Mutex(try make(identity))
    }

    /// Replaces key and certificates; throws, and keeps the old ones, when they do not fit each other.
    func replace(_ identity: ListenerIdentity) throws {
        let context = try make(identity)
        current.withLock { $0 = context }
    }

    var context: NIOSSLContext { current.withLock { $0 } }
}
