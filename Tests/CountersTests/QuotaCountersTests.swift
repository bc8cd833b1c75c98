import Testing

@testable import Counters

@Suite("Quota counters")
struct QuotaCountersTests {
    let counters = QuotaCounters()
    let minute = QuotaLimit(amount: 10, windowMilliseconds: 60_000)

    private func admits(_ bucket: QuotaBucket, _ limit: QuotaLimit, amount: Int64 = 1, at now: Int64) -> Bool {
        let admission = QuotaAdmission(counters: counters)
        return admission.admit(bucket, limit, amount: amount, nowMilliseconds: now)
    }

    @Test("a window admits exactly its limit, and the next one again")
    func windows() {
        let bucket = QuotaBucket(key: "a")
        #expect((0..<25).count { _ in admits(bucket, minute, at: 119_999) } == 10)
        #expect(counters.used(bucket, minute, nowMilliseconds: 119_999) == 10)
        #expect(counters.used(bucket, minute, nowMilliseconds: 120_000) == 0)
        #expect((0..<25).count { _ in admits(bucket, minute, at: 120_000) } == 10)
        #expect(minute.windowEnd(at: 119_999) == 120_000 && minute.windowEnd(at: 120_000) == 180_000)
    }

    @Test("a clock that is behind counts in the newer window instead of opening the old one again")
    func laggingClock() {
        let bucket = QuotaBucket(key: "a")
        #expect((0..<6).allSatisfy { _ in admits(bucket, minute, at: 120_000) })
        #expect((0..<10).count { _ in admits(bucket, minute, at: 119_990) } == 4)
        #expect(!admits(bucket, minute, at: 120_001))
    }

    @Test(
        "the first window ends like any other, at every time of the epoch",
        arguments: (0..<40).map { Int64($0) * 97_777_777_777 })
    func firstWindow(now: Int64) {
        let bucket = QuotaBucket(key: "a")
        for window in Int64(0)..<3 { #expect((0..<12).count { _ in admits(bucket, minute, at: now + window * 60_000) } == 10) }
    }

    @Test("a clock that is set back far counts from nothing again")
    func clockSetBack() {
        let bucket = QuotaBucket(key: "a")
        #expect((0..<10).allSatisfy { _ in admits(bucket, minute, at: 3_600_000) })
        #expect((0..<20).count { _ in admits(bucket, minute, at: 0) } == 10)
    }

    @Test("objects of one key share the counter, other keys do not")
    func keys() {
        #expect((0..<10).allSatisfy { _ in admits(QuotaBucket(key: "a"), minute, at: 0) })
        #expect(!admits(QuotaBucket(key: "a"), minute, at: 0))
        #expect(admits(QuotaBucket(key: "b"), minute, at: 0))
    }

    @Test("a request refused on a later level consumes nothing on earlier ones")
    func undo() {
        let levels = ["api", "subscription", "application"].map { QuotaBucket(key: $0) }
        let admission = QuotaAdmission(counters: counters)
        let nothing = QuotaLimit(amount: 0, windowMilliseconds: 60_000)
        admission.begin()
        #expect(admission.admit(levels[0], minute, nowMilliseconds: 0))
        #expect(admission.admit(levels[1], minute, amount: 7, nowMilliseconds: 0))
        #expect(!admission.admit(levels[2], nothing, nowMilliseconds: 0))
        for level in levels { #expect(counters.used(level, minute, nowMilliseconds: 0) == 0) }
    }

    @Test("what an earlier request was granted stays when a later one is refused")
    func grantsStand() {
        let bucket = QuotaBucket(key: "a")
        let admission = QuotaAdmission(counters: counters)
        for _ in 0..<3 {
            admission.begin()
            #expect(admission.admit(bucket, minute, nowMilliseconds: 0))
        }
        admission.begin()
        #expect(!admission.admit(QuotaBucket(key: "b"), QuotaLimit(amount: 0, windowMilliseconds: 1_000), nowMilliseconds: 0))
        #expect(counters.used(bucket, minute, nowMilliseconds: 0) == 3)
    }

    @Test("undoing after the window has ended leaves the new window alone")
    func lateUndo() {
        let bucket = QuotaBucket(key: "a")
        let admission = QuotaAdmission(counters: counters)
        admission.begin()
        #expect(admission.admit(bucket, minute, nowMilliseconds: 59_999))
        #expect(admits(bucket, minute, at: 60_000))
        admission.undo()
        #expect(counters.used(bucket, minute, nowMilliseconds: 60_000) == 1)
    }

    @Test("bytes: a request passes while the quota is not reached, and may exceed it")
    func bytes() {
        let bucket = QuotaBucket(key: "a")
        let kilobyte = QuotaLimit(amount: 1_024, windowMilliseconds: 60_000)
        #expect(admits(bucket, kilobyte, amount: 1_023, at: 0))
        #expect(admits(bucket, kilobyte, amount: .max, at: 0))
        #expect(!admits(bucket, kilobyte, amount: 0, at: 0))
        #expect(admits(bucket, kilobyte, amount: 1, at: 60_000))
    }

    @Test("a level that does not stop counts on")
    func always() {
        let bucket = QuotaBucket(key: "a")
        let admission = QuotaAdmission(counters: counters)
        for _ in 0..<15 {
            admission.begin()
            #expect(admission.admit(bucket, minute, always: true, nowMilliseconds: 0))
        }
        #expect(counters.used(bucket, minute, nowMilliseconds: 0) == 15)
    }

    @Test("a policy with another window starts anew")
    func changedWindow() {
        let bucket = QuotaBucket(key: "a")
        let hour = QuotaLimit(amount: 10, windowMilliseconds: 3_600_000)
        let now: Int64 = 1_700_000_000_000
        #expect((0..<10).allSatisfy { _ in admits(bucket, minute, at: now) })
        #expect((0..<20).count { _ in admits(bucket, hour, at: now) } == 10)
        #expect((0..<20).count { _ in admits(bucket, minute, at: now) } == 10)
    }

    @Test("many threads are admitted exactly the limit, window after window")
    func threads() async {
        let counters = QuotaCounters()
        let limit = QuotaLimit(amount: 1_000, windowMilliseconds: 1_000)
        for window in Int64(0)..<5 {
            let admitted = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let bucket = QuotaBucket(key: "shared")
                        let admission = QuotaAdmission(counters: counters)
                        var admitted = 0
                        for _ in 0..<1_000 {
                            admission.begin()
                            if admission.admit(bucket, limit, nowMilliseconds: window * 1_000) { admitted += 1 }
                        }
                        return admitted
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(admitted == 1_000)
        }
    }

    @Test("many threads with undo are never admitted more than the limit, and nothing of the refused stays counted")
    func threadsWithUndo() async {
        let counters = QuotaCounters()
        let wide = QuotaLimit(amount: 3_000, windowMilliseconds: 60_000)
        let narrow = QuotaLimit(amount: 500, windowMilliseconds: 60_000)
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let admission = QuotaAdmission(counters: counters)
                    let first = QuotaBucket(key: "first")
                    let second = QuotaBucket(key: "second")
                    return (0..<1_000).count { _ in
                        admission.begin()
                        return admission.admit(first, wide, nowMilliseconds: 0)
                            && admission.admit(second, narrow, nowMilliseconds: 0)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 500)
        #expect(counters.used(QuotaBucket(key: "first"), wide, nowMilliseconds: 0) == 500)
        #expect(counters.used(QuotaBucket(key: "second"), narrow, nowMilliseconds: 0) == 500)
    }

    @Test("old counters give their places away, and their keys count exactly when they return")
    func eviction() {
        let counters = QuotaCounters(capacity: 64)
        let admission = QuotaAdmission(counters: counters)
        let limit = QuotaLimit(amount: 2, windowMilliseconds: 1_000)
        func admits(_ bucket: QuotaBucket, at now: Int64) -> Bool {
            admission.begin()
            return admission.admit(bucket, limit, nowMilliseconds: now)
        }
        let old = (0..<64).map { QuotaBucket(key: "old \($0)") }
        for bucket in old { #expect(admits(bucket, at: 0)) }
        // Each new key looks at a few places; places become free a second after they were taken.
        for index in 0..<40 { _ = admits(QuotaBucket(key: "new \(index)"), at: 10_000) }
        for index in 0..<40 { #expect(admits(QuotaBucket(key: "later \(index)"), at: 20_000)) }
        for bucket in old.prefix(10) { #expect((0..<5).count { _ in admits(bucket, at: 30_000) } == 2) }
    }

    @Test("eviction while others count never admits more than the limit")
    func evictionUnderLoad() async {
        let counters = QuotaCounters(capacity: 64)
        let limit = QuotaLimit(amount: 5, windowMilliseconds: 1_000)
        for phase in Int64(0)..<30 {
            let counts = await withTaskGroup(of: [String: Int].self) { group in
                for worker in 0..<4 {
                    group.addTask { Self.countsOfKeys(counters, limit, worker: worker, at: phase * 3_000) }
                }
                return await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            #expect(counts.values.allSatisfy { $0 == 5 } && counts.count == 16)
        }
    }

    /// How often each of 16 keys is admitted in 200 requests; the keys of a phase are new ones, so that old ones give way.
    private static func countsOfKeys(
        _ counters: QuotaCounters, _ limit: QuotaLimit, worker: Int, at now: Int64
    ) -> [String: Int] {
        let admission = QuotaAdmission(counters: counters)
        var counts: [String: Int] = [:]
        for round in 0..<200 {
            let key = "key \((round + worker) % 16) \(now / 6_000)"
            admission.begin()
            if admission.admit(QuotaBucket(key: key), limit, nowMilliseconds: now) { counts[key, default: 0] += 1 }
        }
        return counts
    }

    @Test("long windows survive a restart, short ones are not kept")
    func checkpoint() {
        let day = QuotaLimit(amount: 10, windowMilliseconds: 86_400_000)
        let now: Int64 = 1_700_000_000_000
        #expect((0..<7).allSatisfy { _ in admits(QuotaBucket(key: "day"), day, at: now) })
        #expect(admits(QuotaBucket(key: "minute"), minute, at: now))
        let saved = counters.snapshotOfLongWindows()
        #expect(saved.map(\.key) == ["day"])
        let restored = QuotaCounters()
        restored.restore(saved, nowMilliseconds: now)
        #expect(restored.used(QuotaBucket(key: "day"), day, nowMilliseconds: now) == 7)
        #expect(restored.used(QuotaBucket(key: "day"), day, nowMilliseconds: now + 86_400_000) == 0)
    }
}
