import Synchronization
import Testing

@testable import Counters

@Suite("Counts for other nodes")
struct SharedCountTests {
    private static let now: Int64 = 1_700_000_040_000
    private let minute = QuotaLimit(amount: 100, windowMilliseconds: 60_000)
    private let counters = QuotaCounters(isShared: true)

    private func admits(_ key: String, at now: Int64 = Self.now) -> Bool {
        let admission = QuotaAdmission(counters: counters)
        admission.begin()
        return admission.admit(QuotaBucket(key: key), minute, nowMilliseconds: now)
    }

    @Test("a change is told once, with the absolute count and the window")
    func changes() {
        #expect(counters.takeChanges(nowMilliseconds: Self.now).isEmpty)
        for _ in 0..<3 { #expect(admits("a")) }
        #expect(admits("b"))
        let told = counters.takeChanges(nowMilliseconds: Self.now)
        #expect(Set(told.map(\.key)) == ["a", "b"])
        let first = told.first { $0.key == "a" }
        #expect(first?.count == 3 && first?.window == Self.now / 60_000 && first?.endMilliseconds == Self.now + 60_000)
        #expect(counters.takeChanges(nowMilliseconds: Self.now).isEmpty)
        #expect(counters.countsInUse(nowMilliseconds: Self.now).count == 2)
        #expect(counters.countsInUse(nowMilliseconds: Self.now + 120_000).isEmpty)
    }

    @Test("counters that nobody shares tell nothing")
    func unshared() {
        let counters = QuotaCounters()
        let admission = QuotaAdmission(counters: counters)
        admission.begin()
        #expect(admission.admit(QuotaBucket(key: "a"), minute, nowMilliseconds: Self.now))
        #expect(counters.takeChanges(nowMilliseconds: Self.now).isEmpty)
    }

    @Test("what others counted takes its part of the limit, in its window only")
    func others() throws {
        #expect(admits("a"))
        let told = try #require(counters.takeChanges(nowMilliseconds: Self.now).first)
        counters.setOthers(98, of: told)
        #expect(counters.used(QuotaBucket(key: "a"), minute, nowMilliseconds: Self.now) == 99)
        #expect(admits("a"))
        #expect(!admits("a"))
        #expect(admits("a", at: Self.now + 60_000))
        #expect(counters.used(QuotaBucket(key: "a"), minute, nowMilliseconds: Self.now + 60_000) == 1)
    }

    @Test("a refusal asks again, and what others took back is free again")
    func takenBack() throws {
        #expect(admits("a"))
        counters.setOthers(99, of: try #require(counters.takeChanges(nowMilliseconds: Self.now).first))
        #expect(!admits("a"))
        let asked = try #require(counters.takeChanges(nowMilliseconds: Self.now).first)
        #expect(asked.count == 1)
        counters.setOthers(95, of: asked, keepsHigher: true)
        #expect(!admits("a"))
        counters.setOthers(95, of: asked)
        #expect(admits("a"))
    }

    @Test("looking at a counter that nobody uses takes no place for it")
    func looking() {
        let counters = QuotaCounters(capacity: 4)
        for index in 0..<1_000 {
            #expect(counters.used(QuotaBucket(key: "looked at \(index)"), minute, nowMilliseconds: Self.now) == 0)
        }
        let admission = QuotaAdmission(counters: counters)
        for index in 0..<4 {
            let bucket = QuotaBucket(key: "used \(index)")
            let limit = QuotaLimit(amount: 1, windowMilliseconds: 60_000)
            admission.begin()
            #expect(admission.admit(bucket, limit, nowMilliseconds: Self.now))
        }
    }

    @Test("asked-for counters that nothing is counted on give their places back")
    func askedFor() {
        let counters = QuotaCounters(capacity: 64, isShared: true)
        for index in 0..<10_000 {
            let now = Self.now + Int64(index) * 200
            counters.refresh(QuotaBucket(key: "asked \(index)"), minute, nowMilliseconds: now)
            _ = counters.takeChanges(nowMilliseconds: now)
        }
        let used = QuotaLimit(amount: 1, windowMilliseconds: 60_000)
        let admission = QuotaAdmission(counters: counters)
        let later = Self.now + 10_000_000
        let admitted = (0..<30).count { index in
            admission.begin()
            return admission.admit(QuotaBucket(key: "used \(index)"), used, nowMilliseconds: later + Int64(index) * 2_000)
        }
        #expect(admitted == 30)
    }

    @Test("no change gets lost while many threads count, undo and are refused, and one collects")
    func concurrency() async {
        let counters = QuotaCounters(isShared: true)
        let isDone = Mutex(false)
        let keys = (0..<50).map { "bucket \($0)" }
        let collector = Task.detached {
            var last: [String: UInt64] = [:]
            while true {
                let isLast = isDone.withLock { $0 }
                for told in counters.takeChanges(nowMilliseconds: Self.now) { last[told.key] = told.count }
                if isLast { return last }
                await Task.yield()
            }
        }
        let limit = QuotaLimit(amount: 700, windowMilliseconds: 60_000)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    let admission = QuotaAdmission(counters: counters)
                    for round in 0..<10_000 {
                        admission.begin()
                        _ = admission.admit(QuotaBucket(key: keys[(round + worker) % 50]), limit, nowMilliseconds: Self.now)
                        if round % 7 == 0 { admission.undo() }
                    }
                }
            }
        }
        isDone.withLock { $0 = true }
        let last = await collector.value
        for key in keys {
            let used = counters.used(QuotaBucket(key: key), limit, nowMilliseconds: Self.now)
            #expect(used <= 700 && last[key] == UInt64(used))
        }
    }

    @Test(
        "levels with quotas of any size admit together what the smallest admits, and count nothing of the refused",
        arguments: 0..<20)
    func levels(seed: Int) async {
        let counters = QuotaCounters()
        let limits = (0..<4).map { QuotaLimit(amount: Int64((seed * 37 + $0 * 101) % 400 + 1), windowMilliseconds: 60_000) }
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let buckets = limits.indices.map { QuotaBucket(key: "level \($0)") }
                    let admission = QuotaAdmission(counters: counters)
                    return (0..<300).count { _ in
                        admission.begin()
                        return limits.indices.allSatisfy {
                            admission.admit(buckets[$0], limits[$0], nowMilliseconds: Self.now)
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        // A request that is refused late may have kept another one out for a moment, so a few less may pass, and never more.
        let smallest = Int(limits.map(\.amount).min() ?? 0)
        #expect(admitted <= smallest && admitted >= smallest - 12)
        for (index, limit) in limits.enumerated() {
            #expect(counters.used(QuotaBucket(key: "level \(index)"), limit, nowMilliseconds: Self.now) == Int64(admitted))
        }
    }
}
