/// Wakes connections at coarse times. One task a loop turns it, instead of one scheduled task a request; a connection whose deadline
/// moved away since is simply entered again when its old slot comes up.
public struct DeadlineWheel {
    public static let tickMilliseconds: Int64 = 100
    /// 51 seconds; later deadlines wait in the last slot and are entered again.
    private static let slotCount: Int64 = 512

    /// A place in the wheel: the connection's token, and the tick for which it was entered.
    public struct Entry: Equatable {
        public var token: UInt64
        public var tick: Int64
    }

    private var slots: [[Entry]] = Array(repeating: [], count: Int(slotCount))
    private var current: Int64
    private var count = 0

    public init(now milliseconds: Int64) { current = milliseconds / Self.tickMilliseconds }

    /// Whether nobody waits to be woken.
    public var isEmpty: Bool { count == 0 }

    /// The first tick that is not before a deadline.
    public static func tick(for milliseconds: Int64) -> Int64 { (milliseconds + tickMilliseconds - 1) / tickMilliseconds }

    /// Enters a token for the first tick that is not before `deadline`, or as late as the wheel reaches; answers the tick.
    public mutating func insert(_ token: UInt64, deadline milliseconds: Int64) -> Int64 {
        let tick = min(max(Self.tick(for: milliseconds), current + 1), current + Self.slotCount - 1)
        slots[Int(tick % Self.slotCount)].append(Entry(token: token, tick: tick))
        count += 1
        return tick
    }

    /// Turns the wheel up to now and answers what came up.
    public mutating func advance(to milliseconds: Int64) -> [Entry] {
        let target = milliseconds / Self.tickMilliseconds
        // After a long sleep each slot comes up once.
        current = max(current, target - Self.slotCount)
        var due: [Entry] = []
        while current < target {
            current += 1
            let slot = Int(current % Self.slotCount)
            guard !slots[slot].isEmpty else { continue }
            due.append(contentsOf: slots[slot])
            slots[slot].removeAll(keepingCapacity: slots[slot].count < 1024)
        }
        count -= due.count
        return due
    }
}
