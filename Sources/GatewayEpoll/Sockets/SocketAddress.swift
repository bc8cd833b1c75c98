import CEpoll

/// An address with port, as the system wants it.
struct SocketAddress: Sendable {
    private(set) var storage: sockaddr_storage
    private(set) var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// Takes the bytes of an address that the system has written.
    init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        var storage = sockaddr_storage()
        // The system never writes an address longer than its own largest type.
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(Int(length), bytes.count)))
        }
        self.storage = storage
        self.length = length
    }

    var port: UInt16 {
        get { PeerAddress.port(of: storage) }
        // Family, then port: in both versions.
        set { withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self) } }
    }

    /// Begins to connect a socket; 0, or the negative error.
    func connect(_ descriptor: Int32) -> Int32 {
        withUnsafePointer(to: storage) { cepoll_connect(descriptor, $0, length) }
    }

    /// Binds a socket; 0, or the negative error.
    func bind(_ descriptor: Int32) -> Int32 {
        withUnsafePointer(to: storage) { cepoll_bind(descriptor, $0, length) }
    }

    /// The addresses of a host, in the order in which they should be tried (RFC 6724). Blocks while a name server is asked.
    ///
    /// - Parameter isLiteral: takes addresses only, and so never blocks.
    static func find(host: String, port: UInt16, isLiteral: Bool, isPassive: Bool = false) -> [SocketAddress] {
        let list = cepoll_find_addresses(host, String(port), isLiteral, isPassive)
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        // The list is whole until freeaddrinfo: each entry points to the next, and to an address of the length beside it.
        while let entry = next?.pointee {
            if let address = entry.ai_addr { found.append(SocketAddress(copying: address, length: entry.ai_addrlen)) }
            next = entry.ai_next
        }
        return found
    }

    /// The port that a socket is bound to.
    static func localPort(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) { bytes in
            // All socket addresses begin like sockaddr, and the storage is aligned for each of them.
            _ = getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return PeerAddress.port(of: storage)
    }
}

/// The address of a connection's other end.
public struct PeerAddress: Sendable {
    /// 4 or 16 bytes in network order.
    public let bytes: [UInt8]
    /// As text, for instance `127.0.0.1`.
    public let text: [UInt8]

    init(_ storage: sockaddr_storage) {
        var copy = storage
        (bytes, text) = withUnsafeBytes(of: &copy) { raw in
            let isIPv4 = raw.loadUnaligned(as: sa_family_t.self) == sa_family_t(AF_INET)
            // `sin_addr` lies behind family and port, `sin6_addr` behind the flow label too; both within sockaddr_storage.
            let address = isIPv4 ? raw[4..<8] : raw[8..<24]
            return (Array(address), Self.text(of: UnsafeRawBufferPointer(rebasing: address), isIPv4 ? AF_INET : AF_INET6))
        }
    }

    private static func text(of address: UnsafeRawBufferPointer, _ family: Int32) -> [UInt8] {
        let text = [CChar](unsafeUninitializedCapacity: Int(INET6_ADDRSTRLEN)) { buffer, count in
            let isWritten = inet_ntop(family, address.baseAddress, buffer.baseAddress, socklen_t(buffer.count)) != nil
            // inet_ntop ends what it writes with a zero within the buffer.
            count = isWritten ? buffer.firstIndex(of: 0) ?? 0 : 0
        }
        return text.map { UInt8(bitPattern: $0) }
    }

    /// The port in a socket's address, which lies at the same place in both versions.
    static func port(of storage: sockaddr_storage) -> UInt16 {
        var copy = storage
        return withUnsafeBytes(of: &copy) { UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
    }
}
