import Synchronization

/// The counters of all quotas of a gateway, shared by its event loops.
///
/// Counting takes one compare-and-swap. A lock is taken only when a ``QuotaBucket`` is used for the first time, and when a bucket
/// that slept for more than a window wakes up. On one node never more than a limit's amount is admitted in a window.
///
/// With several nodes each counter also knows what the others counted (`docs/shared-counters.md`); that is one more load of memory
/// that is in the cache already.
public final class QuotaCounters: Sendable {
    let table = CounterTable()
    let register: Mutex<CounterRegister>
    /// `nil` when no other node is told of changes.
    let changes: ChangedSlots?

    /// - Parameters:
    ///   - capacity: the most keys that are counted apart at a time; 32 bytes each.
    ///   - isShared: whether changes are collected by ``takeChanges(nowMilliseconds:)`` for other nodes.
    public init(capacity: Int = 1 << 20, isShared: Bool = false) {
        register = Mutex(CounterRegister(limit: max(1, min(capacity, CounterTable.capacity))))
        changes = isShared ? ChangedSlots() : nil
    }

    /// What counting changed, so that it can be undone.
    struct Grant {
        var place: UInt64
        var window: UInt64
        var amount: UInt64
        /// What is left of the limit after this; not below 0.
        var remaining: Int64
    }

    /// Adds `amount` unless the bucket's window has reached the limit; `nil` if it has. With `always` it is added in any case.
    func count(
        _ bucket: QuotaBucket, _ limit: QuotaLimit, amount: UInt64, always: Bool, nowMilliseconds: Int64
    ) -> Grant? {
        while true {
            let place = place(of: bucket, nowMilliseconds: nowMilliseconds)
            guard let slot = table.slot(Self.index(place)) else { return nil }
            if slot.pointee.windowMilliseconds.load(ordering: .relaxed) != limit.windowMilliseconds {
                changeWindow(of: slot, to: limit.windowMilliseconds)
            }
            let result = Self.add(amount, to: slot, limit, always: always, nowMilliseconds: nowMilliseconds)
            if slot.pointee.generation.load(ordering: .sequentiallyConsistent) == Self.generation(place) {
                // A refusal asks too: what the other nodes had counted may have been taken back.
                changes?.note(slot, index: Self.index(place))
                guard let result else { return nil }
                return Grant(place: place, window: result.window, amount: amount, remaining: result.remaining)
            }
            if let result { Self.subtract(amount, from: slot, window: result.window) }
            bucket.place.store(0, ordering: .releasing)
        }
    }

    /// Takes a grant back, if its window still runs.
    func undo(_ grant: Grant) {
        guard let slot = table.slot(Self.index(grant.place)) else { return }
        Self.subtract(grant.amount, from: slot, window: grant.window)
        changes?.note(slot, index: Self.index(grant.place))
    }

    /// The amount used in the current window, by all nodes as far as is known here.
    public func used(_ bucket: QuotaBucket, _ limit: QuotaLimit, nowMilliseconds: Int64) -> Int64 {
        // A counter that nobody has used yet needs no place to be looked at.
        if bucket.place.load(ordering: .relaxed) == 0, register.withLock({ $0.places[bucket.key] == nil }) { return 0 }
        let place = place(of: bucket, nowMilliseconds: nowMilliseconds)
        guard let slot = table.slot(Self.index(place)) else { return 0 }
        // Counted in windows of another length: nothing of it belongs to this limit's window.
        let length = slot.pointee.windowMilliseconds.load(ordering: .relaxed)
        guard length == limit.windowMilliseconds || length == 0 else { return 0 }
        let word = CounterWord(bits: slot.pointee.word.load(ordering: .relaxed)).seen(
            from: limit.window(at: nowMilliseconds))
        return Int64(word.count + Self.others(slot, in: word.window))
    }

    /// Asks what other nodes have counted: the answer is there some milliseconds later. Counting asks by itself.
    public func refresh(_ bucket: QuotaBucket, _ limit: QuotaLimit, nowMilliseconds: Int64) {
        guard let changes else { return }
        let place = place(of: bucket, nowMilliseconds: nowMilliseconds)
        guard let slot = table.slot(Self.index(place)) else { return }
        if slot.pointee.windowMilliseconds.load(ordering: .relaxed) != limit.windowMilliseconds {
            changeWindow(of: slot, to: limit.windowMilliseconds)
        }
        changes.note(slot, index: Self.index(place))
    }

    // MARK: Places

    static func index(_ place: UInt64) -> Int { Int(place & 0xffff_ffff) - 1 }
    private static func generation(_ place: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: place >> 32) }

    @inline(__always)
    func place(of bucket: QuotaBucket, nowMilliseconds: Int64) -> UInt64 {
        let place = bucket.place.load(ordering: .acquiring)
        return place != 0 ? place : findPlace(of: bucket, nowMilliseconds: nowMilliseconds)
    }

    @inline(never)
    private func findPlace(of bucket: QuotaBucket, nowMilliseconds: Int64) -> UInt64 {
        let place = register.withLock { register in
            let index =
                register.places[bucket.key]
                ?? register.assign(bucket.key, in: table, nowMilliseconds: nowMilliseconds)
            let generation = table.slot(index)?.pointee.generation.load(ordering: .sequentiallyConsistent) ?? 0
            return UInt64(generation) << 32 | UInt64(index + 1)
        }
        bucket.place.store(place, ordering: .releasing)
        return place
    }

    /// A policy's window has another length now: counting starts anew.
    @inline(never)
    private func changeWindow(of slot: UnsafeMutablePointer<CounterSlot>, to milliseconds: Int64) {
        register.withLock { _ in
            guard slot.pointee.windowMilliseconds.load(ordering: .relaxed) != milliseconds else { return }
            slot.pointee.word.store(0, ordering: .relaxed)
            slot.pointee.others.store(0, ordering: .relaxed)
            slot.pointee.windowMilliseconds.store(milliseconds, ordering: .relaxed)
        }
    }

    // MARK: Words

    /// What other nodes counted in a window.
    @inline(__always)
    private static func others(_ slot: UnsafeMutablePointer<CounterSlot>, in window: UInt64) -> UInt64 {
        let others = CounterWord(bits: slot.pointee.others.load(ordering: .relaxed))
        return others.window == window ? others.count : 0
    }

    @inline(__always)
    private static func add(
        _ amount: UInt64, to slot: UnsafeMutablePointer<CounterSlot>, _ limit: QuotaLimit, always: Bool, nowMilliseconds: Int64
    ) -> (window: UInt64, remaining: Int64)? {
        let window = limit.window(at: nowMilliseconds)
        var bits = slot.pointee.word.load(ordering: .relaxed)
        while true {
            let state = CounterWord(bits: bits).seen(from: window)
            let used = state.count + others(slot, in: state.window)
            guard used < UInt64(limit.amount) || always else { return nil }
            let added = min(amount, CounterWord.maximumCount)
            let next = CounterWord(window: state.window, count: state.count + added)
            let (exchanged, original) = slot.pointee.word.compareExchange(
                expected: bits, desired: next.bits, ordering: .sequentiallyConsistent)
            if exchanged { return (next.window, max(0, limit.amount - Int64(used + added))) }
            bits = original
        }
    }

    /// Adds to a window that runs or has not begun here; a later one is left alone.
    static func raise(_ slot: UnsafeMutablePointer<CounterSlot>, by amount: UInt64, window: UInt64) {
        var bits = slot.pointee.word.load(ordering: .relaxed)
        while true {
            let state = CounterWord(bits: bits).seen(from: Int64(window))
            guard state.window == window else { return }
            let next = CounterWord(window: window, count: state.count + min(amount, CounterWord.maximumCount))
            let (exchanged, original) = slot.pointee.word.compareExchange(
                expected: bits, desired: next.bits, ordering: .sequentiallyConsistent)
            if exchanged { return }
            bits = original
        }
    }

    private static func subtract(_ amount: UInt64, from slot: UnsafeMutablePointer<CounterSlot>, window: UInt64) {
        var bits = slot.pointee.word.load(ordering: .relaxed)
        while true {
            let state = CounterWord(bits: bits)
            guard state.window == window, state.count > 0 else { return }
            let next = CounterWord(window: window, count: state.count - min(amount, state.count))
            let (exchanged, original) = slot.pointee.word.compareExchange(
                expected: bits, desired: next.bits, ordering: .sequentiallyConsistent)
            if exchanged { return }
            bits = original
        }
    }
}
