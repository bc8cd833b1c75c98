import Synchronization

/// Counters that one event loop adds to and any thread may read, without locks.
///
/// `@unchecked`: the pointer never changes while the row lives, and everything behind it is atomic.
public final class CounterRow: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<Atomic<Int>>
    public let count: Int

    init(count: Int) {
        self.count = count
        memory = .allocate(capacity: count)
        for index in 0..<count { (memory + index).initialize(to: Atomic(0)) }
    }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    /// Adds to a counter. Only the row's loop writes, so a load and a store are enough, which cost what plain memory costs.
    @inline(__always)
    func add(_ amount: Int, at index: Int) {
        assert(index >= 0 && index < count)
        memory[index].store(memory[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Sets a counter that stands for how much there is now.
    func set(_ value: Int, at index: Int) {
        assert(index >= 0 && index < count)
        memory[index].store(value, ordering: .relaxed)
    }

    /// The values of now, each for itself.
    public var values: [Int] { (0..<count).map { memory[$0].load(ordering: .relaxed) } }
}
