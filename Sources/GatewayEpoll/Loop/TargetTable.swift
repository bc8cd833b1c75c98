import GatewayCore

/// The targets of a loop under tokens that are never used twice: an event that epoll reported before a descriptor was closed, or a late
/// wake-up, cannot hit the successor in the same slot.
struct TargetTable {
    private struct Slot {
        var target: EventTarget?
        var generation: UInt32
    }

    private var slots: [Slot] = []
    private var free: [Int] = []

    /// The slot's number in the lower half, its generation in the upper.
    mutating func insert(_ target: EventTarget) -> UInt64 {
        let index: Int
        if let reused = free.popLast() {
            index = reused
            slots[index].target = target
        } else {
            index = slots.count
            slots.append(Slot(target: target, generation: 0))
        }
        return UInt64(slots[index].generation) << 32 | UInt64(index)
    }

    subscript(token: UInt64) -> EventTarget? {
        let index = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(truncatingIfNeeded: token >> 32) else { return nil }
        return slots[index].target
    }

    /// Has the processor fetch a target.
    func fetch(_ token: UInt64) {
        if let target = self[token] { WorkingSet.fetch(target, lines: 3) }
    }

    mutating func remove(_ token: UInt64) {
        guard self[token] != nil else { return }
        let index = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
        slots[index].target = nil
        slots[index].generation &+= 1
        free.append(index)
    }

    /// All targets, for the loop's end.
    var all: [EventTarget] { slots.compactMap(\.target) }
}
