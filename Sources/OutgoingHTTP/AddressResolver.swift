import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the addresses of a host.
public struct AddressResolver: Sendable {
    private let lookUp: @Sendable (String) async throws(OutgoingError) -> [IPAddress]

    public init(_ lookUp: @escaping @Sendable (String) async throws(OutgoingError) -> [IPAddress]) { self.lookUp = lookUp }

    /// The addresses of `host` in the order of preference, at least one.
    public func addresses(of host: String) async throws(OutgoingError) -> [IPAddress] {
        let found = try await lookUp(host)
        guard !found.isEmpty else { throw .unresolvable(host: host) }
        return found
    }

    /// The system's resolver. It blocks, so it runs on a thread outside of the cooperative pool.
    public static let system = AddressResolver { host throws(OutgoingError) in
        if let literal = IPAddress(host) { return [literal] }
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: systemAddresses(of: host)) }
        }
    }

    private static func systemAddresses(of host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }.compactMap { entry in
            entry?.pointee.ai_addr.flatMap(address)
        }
    }

    private static func address(_ socket: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        switch Int32(socket.pointee.sa_family) {
        case AF_INET:
            socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                IPAddress(bytes: withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) })
            }
        case AF_INET6:
            socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                IPAddress(bytes: withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) })
            }
        default: nil
        }
    }
}
