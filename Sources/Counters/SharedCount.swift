/// What this node counted in one window of one counter, as the other nodes have to know it.
public struct SharedCount: Sendable, Hashable {
    public let key: String
    public let windowMilliseconds: Int64
    /// Number of the window since 1970.
    public let window: Int64
    /// Everything that this node counted in the window.
    public let count: UInt64
    /// Slot of the counter.
    let index: Int

    /// The same for all counts of one counter while it keeps its place.
    public var place: Int { index }

    /// When the window ends, milliseconds since 1970.
    public var endMilliseconds: Int64 { (window + 1) * windowMilliseconds }
}

/// The exchange with other nodes. One thread at a time may use it, beside the event loops that count.
extension QuotaCounters {
    /// The counters that changed since the last call, with their counts in windows that still run.
    public func takeChanges(nowMilliseconds: Int64) -> [SharedCount] {
        guard let changes else { return [] }
        var indexes: [Int] = []
        changes.collect(in: table) { indexes.append($0) }
        guard !indexes.isEmpty else { return [] }
        return register.withLock { register in
            indexes.compactMap { index in
                register.key(of: index).flatMap { sharedCount($0, index, nowMilliseconds: nowMilliseconds) }
            }
        }
    }

    /// The counts as they are by now; those whose windows have ended stay as they are.
    public func current(_ counts: [SharedCount]) -> [SharedCount] {
        register.withLock { register in
            counts.map { counted in
                guard register.key(of: counted.index) == counted.key, let slot = table.slot(counted.index),
                    slot.pointee.windowMilliseconds.load(ordering: .relaxed) == counted.windowMilliseconds
                else { return counted }
                let word = CounterWord(bits: slot.pointee.word.load(ordering: .sequentiallyConsistent))
                guard word.window == UInt64(truncatingIfNeeded: counted.window) & CounterWord.windowMask else { return counted }
                return SharedCount(
                    key: counted.key, windowMilliseconds: counted.windowMilliseconds, window: counted.window, count: word.count,
                    index: counted.index)
            }
        }
    }

    /// All counters that counted something in windows that still run.
    public func countsInUse(nowMilliseconds: Int64) -> [SharedCount] {
        register.withLock { register in
            register.places.compactMap { key, index in
                sharedCount(key, index, nowMilliseconds: nowMilliseconds).flatMap { $0.count > 0 ? $0 : nil }
            }
        }
    }

    /// Takes up what all other nodes counted in the window of `counted`.
    ///
    /// - Parameter keepsHigher: a lower sum than the known one is not believed: the store may have lost counts that their nodes
    ///   have not written again yet.
    public func setOthers(_ sum: UInt64, of counted: SharedCount, keepsHigher: Bool = false) {
        register.withLock { register in
            guard register.key(of: counted.index) == counted.key, let slot = table.slot(counted.index),
                slot.pointee.windowMilliseconds.load(ordering: .relaxed) == counted.windowMilliseconds
            else { return }
            let known = CounterWord(bits: slot.pointee.others.load(ordering: .relaxed))
            let new = CounterWord(window: UInt64(truncatingIfNeeded: counted.window), count: sum)
            if keepsHigher, known.window == new.window, known.count > new.count { return }
            slot.pointee.others.store(new.bits, ordering: .relaxed)
        }
    }

    /// Adds what this node had counted before it was started again.
    public func add(_ amount: UInt64, to counted: SharedCount) {
        register.withLock { register in
            guard register.key(of: counted.index) == counted.key, let slot = table.slot(counted.index),
                slot.pointee.windowMilliseconds.load(ordering: .relaxed) == counted.windowMilliseconds
            else { return }
            Self.raise(slot, by: amount, window: UInt64(truncatingIfNeeded: counted.window) & CounterWord.windowMask)
        }
    }

    private func sharedCount(_ key: String, _ index: Int, nowMilliseconds: Int64) -> SharedCount? {
        guard let slot = table.slot(index) else { return nil }
        let length = slot.pointee.windowMilliseconds.load(ordering: .relaxed)
        guard length > 0 else { return nil }
        let current = nowMilliseconds / length
        let word = CounterWord(bits: slot.pointee.word.load(ordering: .sequentiallyConsistent))
        // Nothing counted here yet in the current window.
        let window = word.bits == 0 ? nil : word.fullWindow(near: current)
        return SharedCount(
            key: key, windowMilliseconds: length, window: window ?? current, count: window == nil ? 0 : word.count, index: index
        )
    }
}

extension CounterWord {
    /// The window's number with its upper bits, if it is the current one or a little ahead of it.
    func fullWindow(near current: Int64) -> Int64? {
        let lead = (window &- UInt64(truncatingIfNeeded: current)) & Self.windowMask
        return lead <= 2 ? current + Int64(lead) : nil
    }
}
