import Synchronization

/// The counters that changed since they were last collected: a stack through the slots themselves. Noting a change takes no lock, and
/// one comparison while the counter is in the stack already.
final class ChangedSlots: Sendable {
    /// Index + 1 of the slot on top; 0 for none.
    private let top = Atomic<UInt32>(0)
    /// The link of the lowest slot, which must differ from "not in the stack".
    private static let bottom = UInt32.max

    /// Notes a change that was made before the call.
    @inline(__always)
    func note(_ slot: UnsafeMutablePointer<CounterSlot>, index: Int) {
        // Sequentially consistent here and in `collect`: either this side sees that the slot has been taken out and puts it in again,
        // or the collecting side sees the change.
        if slot.pointee.nextChanged.load(ordering: .sequentiallyConsistent) == 0 { push(slot, index: index) }
    }

    @inline(never)
    private func push(_ slot: UnsafeMutablePointer<CounterSlot>, index: Int) {
        let isFirst = slot.pointee.nextChanged.compareExchange(
            expected: 0, desired: Self.bottom, ordering: .sequentiallyConsistent
        ).exchanged
        guard isFirst else { return }
        var below = top.load(ordering: .relaxed)
        while true {
            slot.pointee.nextChanged.store(below == 0 ? Self.bottom : below, ordering: .relaxed)
            let (exchanged, original) = top.compareExchange(
                expected: below, desired: UInt32(index + 1), ordering: .acquiringAndReleasing)
            if exchanged { return }
            below = original
        }
    }

    /// Empties the stack and calls `body` with the index of each slot that was in it; one thread at a time.
    func collect(in table: CounterTable, _ body: (Int) -> Void) {
        var next = top.exchange(0, ordering: .acquiringAndReleasing)
        while next != 0, next != Self.bottom {
            let index = Int(next - 1)
            guard let slot = table.slot(index) else { return }
            next = slot.pointee.nextChanged.exchange(0, ordering: .sequentiallyConsistent)
            body(index)
        }
    }
}
