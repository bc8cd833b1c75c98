#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A port that takes no connection and refuses none: its queue of connections is full and nobody empties it.
struct SilentServer {
    let port: Int
    private let descriptors: [Int32]

    static func start() async throws -> SilentServer {
        let listener = makeSocket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withAddress(&address) { _ = bind(listener, $0, length) }
        listen(listener, 0)
        withAddress(&address) { _ = getsockname(listener, $0, &length) }
        // A queue of length 0 holds one connection; the others ask in vain.
        let fillers = (0..<3).map { _ in makeSocket() }
        for filler in fillers {
            _ = fcntl(filler, F_SETFL, O_NONBLOCK)
            withAddress(&address) { _ = connect(filler, $0, length) }
        }
        return SilentServer(port: Int(UInt16(bigEndian: address.sin_port)), descriptors: fillers + [listener])
    }

    func stop() async {
        for descriptor in descriptors { close(descriptor) }
    }

    private static func makeSocket() -> Int32 {
        #if canImport(Glibc)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func withAddress(_ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Void) {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
