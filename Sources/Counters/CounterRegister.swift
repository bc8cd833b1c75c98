/// Which key counts in which slot; changed under the lock of ``QuotaCounters``.
struct CounterRegister {
    private(set) var places: [String: Int] = [:]
    private var keys: [String?] = []
    /// Slots that no key owns, oldest first, with the time from which they may be given away.
    private var free: [(index: Int, fromMilliseconds: Int64)] = []
    private var hand = 0

    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Slots that were ever given away.
    var count: Int { keys.count }

    /// The key that owns a slot.
    func key(of index: Int) -> String? { keys.indices.contains(index) ? keys[index] : nil }

    /// The slot for a key that has none. Past the limit keys share slots: that may refuse too early, but never admits too much.
    mutating func assign(_ key: String, in table: CounterTable, nowMilliseconds: Int64) -> Int {
        evictSome(in: table, nowMilliseconds: nowMilliseconds)
        let index: Int
        if let first = free.first, first.fromMilliseconds <= nowMilliseconds {
            free.removeFirst()
            index = first.index
            table.slot(index)?.pointee.word.store(0, ordering: .sequentiallyConsistent)
            table.slot(index)?.pointee.others.store(0, ordering: .sequentiallyConsistent)
            table.slot(index)?.pointee.windowMilliseconds.store(0, ordering: .sequentiallyConsistent)
        } else if keys.count < limit {
            index = keys.count
            keys.append(nil)
            table.prepare(index)
        } else {
            return Int(key.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) } % UInt64(limit))
        }
        keys[index] = key
        places[key] = index
        return index
    }

    /// Looks at the next few slots and takes away those whose window has long been over. Their keys get a new slot if they return.
    private mutating func evictSome(in table: CounterTable, nowMilliseconds: Int64) {
        for _ in 0..<min(8, keys.count) {
            hand = (hand + 1) % keys.count
            guard let key = keys[hand], let slot = table.slot(hand) else { continue }
            if Self.evict(slot, nowMilliseconds: nowMilliseconds) {
                places[key] = nil
                keys[hand] = nil
                free.append((hand, nowMilliseconds + 1_000))
            }
        }
    }

    /// Takes a slot from its key, unless somebody counts in it meanwhile: the counting side reads the generation *after* it has
    /// counted, this side reads the word again after it has changed the generation, so one of both notices the other.
    private static func evict(_ slot: UnsafeMutablePointer<CounterSlot>, nowMilliseconds: Int64) -> Bool {
        let before = slot.pointee.word.load(ordering: .sequentiallyConsistent)
        let length = slot.pointee.windowMilliseconds.load(ordering: .sequentiallyConsistent)
        // Nothing was ever counted: somebody only looked.
        if length == 0, before == 0 { return change(slot, expecting: before) }
        guard length > 0 else { return false }
        let current = nowMilliseconds / length
        // Two windows ago: the neighbour's clock may be behind.
        guard CounterWord(bits: before).seen(from: current - 1).count == 0 else { return false }
        let others = slot.pointee.others.load(ordering: .sequentiallyConsistent)
        guard others == 0 || CounterWord(bits: others).seen(from: current - 1).count == 0 else { return false }
        return change(slot, expecting: before)
    }

    /// Makes the slot another one, unless its word is no longer as expected.
    private static func change(_ slot: UnsafeMutablePointer<CounterSlot>, expecting before: UInt64) -> Bool {
        let generation = slot.pointee.generation.load(ordering: .sequentiallyConsistent)
        slot.pointee.generation.store(generation &+ 1, ordering: .sequentiallyConsistent)
        if slot.pointee.word.load(ordering: .sequentiallyConsistent) == before { return true }
        slot.pointee.generation.store(generation, ordering: .sequentiallyConsistent)
        return false
    }
}
