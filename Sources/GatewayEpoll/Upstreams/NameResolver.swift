import Dispatch

/// Asks the system for the addresses of names, on threads of its own, because that may take seconds.
enum NameResolver {
    private static let queue = DispatchQueue(label: "gateway.names", attributes: .concurrent)

    /// Calls back from another thread, with nothing if the name has no address.
    static func find(host: String, port: UInt16, then body: @escaping @Sendable ([SocketAddress]) -> Void) {
        queue.async { body(SocketAddress.find(host: host, port: port, isLiteral: false)) }
    }
}
