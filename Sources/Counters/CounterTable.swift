import Synchronization

/// One counter in 32 bytes: its word, what other nodes counted, the length of its windows, and how often the place changed hands.
struct CounterSlot: ~Copyable {
    let word = Atomic<UInt64>(0)
    /// Window and sum of what all other nodes counted, as far as this node knows; 0 without shared counters.
    let others = Atomic<UInt64>(0)
    let windowMilliseconds = Atomic<Int64>(0)
    let generation = Atomic<UInt32>(0)
    /// Link of ``ChangedSlots``; 0 while the slot is not in it.
    let nextChanged = Atomic<UInt32>(0)
}

/// Counters at fixed addresses in chunks, so that the table grows without moving what event loops are counting in.
///
/// `@unchecked`: the memory is reached through atomics only; chunks are added, never moved, and freed with the table.
final class CounterTable: @unchecked Sendable {
    static let chunkSize = 4_096
    static let chunkLimit = 1_024
    static let capacity = chunkSize * chunkLimit

    private let chunks: UnsafeMutablePointer<Atomic<UInt>>

    init() {
        chunks = .allocate(capacity: Self.chunkLimit)
        for index in 0..<Self.chunkLimit { (chunks + index).initialize(to: Atomic(0)) }
    }

    deinit {
        for index in 0..<Self.chunkLimit {
            if let chunk = UnsafeMutablePointer<CounterSlot>(bitPattern: chunks[index].load(ordering: .acquiring)) {
                chunk.deinitialize(count: Self.chunkSize)
                chunk.deallocate()
            }
        }
        chunks.deinitialize(count: Self.chunkLimit)
        chunks.deallocate()
    }

    /// The slot of an index below ``capacity``, or `nil` if its chunk was never made.
    @inline(__always)
    func slot(_ index: Int) -> UnsafeMutablePointer<CounterSlot>? {
        let address = chunks[index / Self.chunkSize].load(ordering: .acquiring)
        return UnsafeMutablePointer<CounterSlot>(bitPattern: address).map { $0 + index % Self.chunkSize }
    }

    /// Makes sure that the slot exists. Called by one thread at a time.
    func prepare(_ index: Int) {
        let chunk = index / Self.chunkSize
        guard chunks[chunk].load(ordering: .acquiring) == 0 else { return }
        let memory = UnsafeMutablePointer<CounterSlot>.allocate(capacity: Self.chunkSize)
        for index in 0..<Self.chunkSize { (memory + index).initialize(to: CounterSlot()) }
        chunks[chunk].store(UInt(bitPattern: memory), ordering: .releasing)
    }
}
