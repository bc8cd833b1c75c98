extension QuotaCounters {
    /// The counters whose windows last an hour or more, for a checkpoint on disk.
    ///
    /// Counting goes on meanwhile. An event loop that names a new counter waits for a few thousand of them at most.
    public func snapshotOfLongWindows() -> [QuotaCheckpoint] {
        var checkpoints: [QuotaCheckpoint] = []
        var start = 0
        while let piece = longWindows(from: start) {
            checkpoints += piece
            start += CounterTable.chunkSize
        }
        return checkpoints
    }

    /// Those among the next chunk of places; `nil` behind the last place.
    private func longWindows(from start: Int) -> [QuotaCheckpoint]? {
        register.withLock { register in
            guard start < register.count else { return nil }
            return (start..<min(register.count, start + CounterTable.chunkSize)).compactMap { index in
                guard let key = register.key(of: index), let slot = table.slot(index) else { return nil }
                let length = slot.pointee.windowMilliseconds.load(ordering: .relaxed)
                let word = CounterWord(bits: slot.pointee.word.load(ordering: .relaxed))
                guard length >= QuotaCheckpoint.shortestWindowMilliseconds, word.count > 0 else { return nil }
                return QuotaCheckpoint(key: key, windowMilliseconds: length, bits: word.bits)
            }
        }
    }

    /// Takes up what a checkpoint holds; before the first request is counted. Windows that are over meanwhile do no harm.
    public func restore(_ checkpoints: [QuotaCheckpoint], nowMilliseconds: Int64) {
        for checkpoint in checkpoints {
            let place = place(of: QuotaBucket(key: checkpoint.key), nowMilliseconds: nowMilliseconds)
            guard let slot = table.slot(Self.index(place)) else { continue }
            slot.pointee.windowMilliseconds.store(checkpoint.windowMilliseconds, ordering: .relaxed)
            slot.pointee.word.store(checkpoint.bits, ordering: .relaxed)
        }
    }
}
