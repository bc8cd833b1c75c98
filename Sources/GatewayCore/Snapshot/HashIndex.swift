/// An open-addressing table from hashes that are already well mixed to values; whoever looks up compares the value himself.
/// A value type: the builder changes its copy, snapshots keep theirs.
struct HashIndex<Value: Sendable>: Sendable {
    /// Hash and value side by side: a look-up mostly costs one line of the processor's cache.
    private struct Slot {
        var hash: UInt64 = 0
        var value: Value?
    }

    private var slots: [Slot]
    /// One less than there are slots. Beside their address, so that finding a slot does not wait for the slots' number.
    private var mask = 1
    private(set) var count = 0

    init() { slots = [Slot(), Slot()] }

    /// The first value of the hash that `matches` accepts.
    @inline(__always)
    func first(_ hash: UInt64, where matches: (Value) -> Bool) -> Value? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place].hash != 0 {
            if slots[place].hash == hash, let value = slots[place].value, matches(value) { return value }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Has the processor fetch where the hash is looked up first.
    @inline(__always)
    func fetchSlot(_ hash: UInt64) { WorkingSet.fetch(slots, at: Int(truncatingIfNeeded: hash) & mask) }

    /// Replaces the value that `matches` accepts, or adds one.
    mutating func set(_ value: Value, for hash: UInt64, replacing matches: (Value) -> Bool) {
        if let place = place(hash, where: matches) {
            slots[place].value = value
            return
        }
        if (count + 1) * 2 > slots.count { grow() }
        insert(Slot(hash: hash, value: value))
        count += 1
    }

    /// Removes the value that `matches` accepts, and closes the gap so that later probes do not stop at it.
    mutating func remove(_ hash: UInt64, where matches: (Value) -> Bool) {
        guard var gap = place(hash, where: matches) else { return }
        count -= 1
        var place = (gap + 1) & mask
        while slots[place].hash != 0 {
            let home = Int(truncatingIfNeeded: slots[place].hash) & mask
            if (place - home) & mask >= (place - gap) & mask {
                slots[gap] = slots[place]
                gap = place
            }
            place = (place + 1) & mask
        }
        slots[gap] = Slot()
    }

    private func place(_ hash: UInt64, where matches: (Value) -> Bool) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place].hash != 0 {
            if slots[place].hash == hash, let value = slots[place].value, matches(value) { return place }
            place = (place + 1) & mask
        }
        return nil
    }

    private mutating func insert(_ slot: Slot) {
        var place = Int(truncatingIfNeeded: slot.hash) & mask
        while slots[place].hash != 0 { place = (place + 1) & mask }
        slots[place] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot.hash != 0 { insert(slot) }
    }
}

extension HashIndex where Value: AnyObject {
    /// The first value of the hash, neither read nor held: it lives as long as it is in a table that somebody holds.
    @inline(__always)
    func firstUnheld(_ hash: UInt64) -> Unmanaged<Value>? {
        slots.withUnsafeBufferPointer { slots in
            guard let base = UnsafeRawPointer(slots.baseAddress) else { return nil }
            var place = Int(truncatingIfNeeded: hash) & mask
            // The mask keeps the place among the slots, of which half are empty.
            while true {
                let slot = base + place &* MemoryLayout<Slot>.stride
                let found = slot.load(as: UInt64.self)
                if found == 0 { return nil }
                // Loading the reference as one would count it, in the object's memory.
                if found == hash {
                    let address = (slot + Self.valueOffset).load(as: UnsafeRawPointer?.self)
                    return address.map(Unmanaged<Value>.fromOpaque)
                }
                place = (place &+ 1) & mask
            }
        }
    }

    private static var valueOffset: Int { MemoryLayout<UInt64>.stride }
}

/// A ``HashIndex`` in 256 shards, so that a change copies a 256th of it.
struct ShardedIndex<Value: Sendable>: Sendable {
    private var shards = [HashIndex<Value>](repeating: HashIndex(), count: 256)

    @inline(__always)
    func first(_ hash: UInt64, where matches: (Value) -> Bool) -> Value? {
        shards[Int(truncatingIfNeeded: hash >> 56)].first(hash, where: matches)
    }

    @inline(__always)
    func fetchSlot(_ hash: UInt64) { shards[Int(truncatingIfNeeded: hash >> 56)].fetchSlot(hash) }

    mutating func set(_ value: Value, for hash: UInt64, replacing matches: (Value) -> Bool) {
        shards[Int(truncatingIfNeeded: hash >> 56)].set(value, for: hash, replacing: matches)
    }

    mutating func remove(_ hash: UInt64, where matches: (Value) -> Bool) {
        shards[Int(truncatingIfNeeded: hash >> 56)].remove(hash, where: matches)
    }

    var count: Int { shards.reduce(0) { $0 + $1.count } }
}

extension ShardedIndex where Value: AnyObject {
    @inline(__always)
    func firstUnheld(_ hash: UInt64) -> Unmanaged<Value>? { shards[Int(truncatingIfNeeded: hash >> 56)].firstUnheld(hash) }
}
