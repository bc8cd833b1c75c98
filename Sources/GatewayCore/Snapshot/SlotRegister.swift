/// Gives each identity a small number that stays its own, and takes numbers back.
struct SlotRegister: Sendable {
    private var slots: [String: Int32] = [:]
    private var free: [Int32] = []
    private var next: Int32 = 0

    /// The slot of an identity, a new one if it has none.
    mutating func slot(for key: String) -> Int32 {
        if let slot = slots[key] { return slot }
        let slot = free.popLast() ?? next
        if slot == next { next += 1 }
        slots[key] = slot
        return slot
    }

    var keys: [String] { Array(slots.keys) }

    func existing(_ key: String) -> Int32? { slots[key] }

    /// Takes the slot back; the number may be given to another identity.
    mutating func release(_ key: String) -> Int32? {
        guard let slot = slots.removeValue(forKey: key) else { return nil }
        free.append(slot)
        return slot
    }
}
