/// An open-addressing table from hashes that are already well mixed to values; whoever looks up compares the value himself.
/// A value type: the builder changes its copy, snapshots keep theirs.
struct HashIndex<Value: Sendable>: Sendable {
    private var hashes: [UInt64]
    private var values: [Value?]
    private(set) var count = 0

    init() {
        hashes = [0, 0]
        values = [nil, nil]
    }

    /// The first value of the hash that `matches` accepts.
    @inline(__always)
    func first(_ hash: UInt64, where matches: (Value) -> Bool) -> Value? {
        let mask = hashes.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while hashes[slot] != 0 {
            if hashes[slot] == hash, let value = values[slot], matches(value) { return value }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Replaces the value that `matches` accepts, or adds one.
    mutating func set(_ value: Value, for hash: UInt64, replacing matches: (Value) -> Bool) {
        if let slot = slot(hash, where: matches) {
            values[slot] = value
            return
        }
        if (count + 1) * 2 > hashes.count { grow() }
        insert(value, hash)
        count += 1
    }

    /// Removes the value that `matches` accepts, and closes the gap so that later probes do not stop at it.
    mutating func remove(_ hash: UInt64, where matches: (Value) -> Bool) {
        guard var gap = slot(hash, where: matches) else { return }
        let mask = hashes.count - 1
        count -= 1
        var slot = (gap + 1) & mask
        while hashes[slot] != 0 {
            let home = Int(truncatingIfNeeded: hashes[slot]) & mask
            if (slot - home) & mask >= (slot - gap) & mask {
                hashes[gap] = hashes[slot]
                values[gap] = values[slot]
                gap = slot
            }
            slot = (slot + 1) & mask
        }
        hashes[gap] = 0
        values[gap] = nil
    }

    private func slot(_ hash: UInt64, where matches: (Value) -> Bool) -> Int? {
        let mask = hashes.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while hashes[slot] != 0 {
            if hashes[slot] == hash, let value = values[slot], matches(value) { return slot }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func insert(_ value: Value, _ hash: UInt64) {
        let mask = hashes.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while hashes[slot] != 0 { slot = (slot + 1) & mask }
        hashes[slot] = hash
        values[slot] = value
    }

    private mutating func grow() {
        let old = zip(hashes, values)
        hashes = [UInt64](repeating: 0, count: hashes.count * 2)
        values = [Value?](repeating: nil, count: hashes.count)
        for case (let hash, .some(let value)) in old { insert(value, hash) }
    }
}

/// A ``HashIndex`` in 256 shards, so that a change copies a 256th of it.
struct ShardedIndex<Value: Sendable>: Sendable {
    private var shards = [HashIndex<Value>](repeating: HashIndex(), count: 256)

    @inline(__always)
    func first(_ hash: UInt64, where matches: (Value) -> Bool) -> Value? {
        shards[Int(truncatingIfNeeded: hash >> 56)].first(hash, where: matches)
    }

    mutating func set(_ value: Value, for hash: UInt64, replacing matches: (Value) -> Bool) {
        shards[Int(truncatingIfNeeded: hash >> 56)].set(value, for: hash, replacing: matches)
    }

    mutating func remove(_ hash: UInt64, where matches: (Value) -> Bool) {
        shards[Int(truncatingIfNeeded: hash >> 56)].remove(hash, where: matches)
    }

    var count: Int { shards.reduce(0) { $0 + $1.count } }
}
