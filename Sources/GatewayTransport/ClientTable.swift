/// The client connections of a loop under tokens that are never used twice, so that a late wake-up cannot hit a successor.
struct ClientTable {
    private var clients: [ProxyClient?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    var count: Int { clients.count - free.count }

    mutating func insert(_ client: ProxyClient) -> UInt64 {
        let index: Int
        if let reused = free.popLast() {
            index = reused
            clients[index] = client
        } else {
            index = clients.count
            clients.append(client)
            generations.append(0)
        }
        return UInt64(index) << 32 | UInt64(generations[index])
    }

    subscript(token: UInt64) -> ProxyClient? {
        let index = Int(token >> 32)
        return generations[index] == UInt32(truncatingIfNeeded: token) ? clients[index] : nil
    }

    mutating func remove(_ token: UInt64) {
        let index = Int(token >> 32)
        guard generations[index] == UInt32(truncatingIfNeeded: token) else { return }
        clients[index] = nil
        generations[index] &+= 1
        free.append(index)
    }

    /// All connections, for draining.
    var all: [ProxyClient] { clients.compactMap { $0 } }
}
