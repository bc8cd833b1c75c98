/// Which server of a cluster serves which slot.
struct ClusterMap: Equatable {
    private var owners: [RedisSettings.Address?]

    /// Nothing is known.
    init() { owners = Array(repeating: nil, count: ClusterSlot.count) }

    /// The answer to `CLUSTER SLOTS`; `nil` if it is none.
    ///
    /// - Parameter host: of the server that gave it, which need not name itself.
    init?(_ answer: RESPValue, from host: String) {
        self.init()
        guard let ranges = answer.elements else { return nil }
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].int.flatMap(Int.init(exactly:)),
                let last = parts[1].int.flatMap(Int.init(exactly:)), 0 <= first, first <= last, last < ClusterSlot.count,
                let master = parts[2].elements, master.count >= 2, let port = master[1].int.flatMap(Int.init(exactly:)),
                (1...65_535).contains(port)
            else { return nil }
            let name = master[0].string ?? ""
            let address = RedisSettings.Address(host: name.isEmpty ? host : name, port: port)
            for slot in first...last { owners[slot] = address }
        }
    }

    /// `nil` for a slot that nobody serves.
    subscript(slot: Int) -> RedisSettings.Address? {
        get { owners[slot] }
        set { owners[slot] = newValue }
    }

    /// All servers, each once.
    var servers: Set<RedisSettings.Address> { Set(owners.compactMap { $0 }) }
}

/// Where a server says that a command belongs.
struct ClusterRedirection: Equatable {
    /// Whether the slot has moved for good; else only this command is to be asked there.
    var isLasting: Bool
    var slot: Int
    var address: RedisSettings.Address

    /// `nil` for other complaints than `MOVED slot host:port` and `ASK slot host:port`.
    ///
    /// - Parameter host: of the server that sent it, which is meant where none is named.
    init?(_ message: String, from host: String) {
        let parts = message.split(separator: " ")
        guard parts.count >= 3, parts[0] == "MOVED" || parts[0] == "ASK", let slot = Int(parts[1]),
            (0..<ClusterSlot.count).contains(slot), let colon = parts[2].lastIndex(of: ":"),
            let port = Int(parts[2][parts[2].index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        let name = parts[2][..<colon]
        isLasting = parts[0] == "MOVED"
        self.slot = slot
        address = RedisSettings.Address(host: name.isEmpty ? host : String(name), port: port)
    }
}
