/// The answers of a ``ResponseCache``, each on a list in the order of use.
struct ResponseStore {
    private struct Slot {
        var key: CacheKey
        var answer: CachedAnswer
        var newer: Int
        var older: Int
    }

    private let limit: Int
    private let variants: Int
    private var slots: [Slot?] = []
    private var free: [Int] = []
    /// By target, the slots of its answers.
    private var targets: [CacheKey.Target: [Int]] = [:]
    private var newest = -1
    private var oldest = -1
    private(set) var bytes = 0

    init(limit: Int, variants: Int) {
        self.limit = limit
        self.variants = variants
    }

    var count: Int { slots.count - free.count }

    func answers(for key: CacheKey) -> [CachedAnswer] {
        (targets[key.target] ?? []).compactMap { slots[$0] }.filter { $0.key.caller == key.caller }.map(\.answer)
    }

    mutating func touch(_ key: CacheKey, _ answer: CachedAnswer) {
        guard let index = index(of: answer, key), index != newest else { return }
        unlink(index)
        link(index)
    }

    mutating func keep(_ answer: CachedAnswer, for key: CacheKey) {
        let size = Self.size(answer, key)
        guard size <= limit else { return }
        for index in targets[key.target] ?? [] {
            if let slot = slots[index], slot.key == key, slot.answer.selectors == answer.selectors { remove(at: index) }
        }
        if let all = targets[key.target], all.count >= variants { remove(at: all[0]) }
        while bytes + size > limit, oldest >= 0 { remove(at: oldest) }
        let index = free.popLast() ?? slots.count
        let slot = Slot(key: key, answer: answer, newer: -1, older: -1)
        if index == slots.count { slots.append(slot) } else { slots[index] = slot }
        targets[key.target, default: []].append(index)
        bytes += size
        link(index)
    }

    mutating func remove(_ answer: CachedAnswer, for key: CacheKey) {
        if let index = index(of: answer, key) { remove(at: index) }
    }

    mutating func removeAll(_ target: CacheKey.Target) {
        for index in targets[target] ?? [] { remove(at: index) }
    }

    private static func size(_ answer: CachedAnswer, _ key: CacheKey) -> Int {
        answer.bytes + key.target.path.count + key.caller.count
    }

    private func index(of answer: CachedAnswer, _ key: CacheKey) -> Int? {
        targets[key.target]?.first { slots[$0]?.answer === answer }
    }

    private mutating func remove(at index: Int) {
        guard let slot = slots[index] else { return }
        unlink(index)
        slots[index] = nil
        free.append(index)
        bytes -= Self.size(slot.answer, slot.key)
        targets[slot.key.target]?.removeAll { $0 == index }
        if targets[slot.key.target]?.isEmpty ?? false { targets[slot.key.target] = nil }
    }

    // MARK: The order of use

    private mutating func link(_ index: Int) {
        slots[index]?.newer = -1
        slots[index]?.older = newest
        if newest >= 0 { slots[newest]?.newer = index } else { oldest = index }
        newest = index
    }

    private mutating func unlink(_ index: Int) {
        guard let slot = slots[index] else { return }
        if slot.newer >= 0 { slots[slot.newer]?.older = slot.older } else { newest = slot.older }
        if slot.older >= 0 { slots[slot.older]?.newer = slot.newer } else { oldest = slot.newer }
    }
}
