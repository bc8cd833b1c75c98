import Foundation
import Testing

@testable import Counters

@Suite("The journal of quotas")
struct QuotaJournalTests {
    private static let day: Int64 = 86_400_000
    private static let now: Int64 = 1_700_000_000_000
    private let limit = QuotaLimit(amount: 3, windowMilliseconds: day)

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "quotas-\(UUID().uuidString)").path
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".draft")
        }
        try body(path)
    }

    private func count(_ counters: QuotaCounters, _ key: String, at milliseconds: Int64 = now) -> Bool {
        let admission = QuotaAdmission(counters: counters)
        admission.begin()
        return admission.admit(QuotaBucket(key: key), limit, nowMilliseconds: milliseconds)
    }

    @Test("what was counted counts on after a restart, and no more is admitted than the limit")
    func restart() throws {
        try withFile { path in
            let before = QuotaCounters()
            let journal = QuotaJournal(path: path)
            #expect(try journal.load(nowMilliseconds: Self.now) == [])
            #expect(count(before, "app:1") && count(before, "app:1"))
            try journal.record(before.snapshotOfLongWindows())

            let after = QuotaCounters()
            after.restore(try QuotaJournal(path: path).load(nowMilliseconds: Self.now), nowMilliseconds: Self.now)
            #expect(count(after, "app:1"))
            #expect(!count(after, "app:1"))
            #expect(count(after, "app:2"))
        }
    }

    @Test("only what changed is appended; a file of old values is written anew")
    func growth() throws {
        try withFile { path in
            let counters = QuotaCounters()
            let journal = QuotaJournal(path: path, smallest: 1_000)
            func size() throws -> Int {
                try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            }
            for key in 0..<5 { _ = count(counters, "key \(key)") }
            try journal.record(counters.snapshotOfLongWindows())
            let first = try size()
            try journal.record(counters.snapshotOfLongWindows())
            #expect(try size() == first)
            _ = count(counters, "key 0")
            try journal.record(counters.snapshotOfLongWindows())
            #expect(try size() == first + first / 5)
            // A counter without limit to its changes: "always" counts on.
            let admission = QuotaAdmission(counters: counters)
            var largest = 0
            for _ in 0..<200 {
                _ = admission.admit(QuotaBucket(key: "key 1"), limit, always: true, nowMilliseconds: Self.now)
                try journal.record(counters.snapshotOfLongWindows())
                largest = max(largest, try size())
            }
            #expect(largest < 1_100)
            let restored = try QuotaJournal(path: path).load(nowMilliseconds: Self.now)
            #expect(Set(restored) == Set(counters.snapshotOfLongWindows()))
        }
    }

    @Test("all of many counters are in a checkpoint, and none with a short window")
    func many() throws {
        let counters = QuotaCounters()
        let short = QuotaLimit(amount: 3, windowMilliseconds: 60_000)
        let admission = QuotaAdmission(counters: counters)
        for key in 0..<10_000 {
            admission.begin()
            let limit = key.isMultiple(of: 10) ? short : limit
            #expect(admission.admit(QuotaBucket(key: "key \(key)"), limit, nowMilliseconds: Self.now))
        }
        let keys = counters.snapshotOfLongWindows().map(\.key)
        #expect(keys.count == 9_000)
        #expect(Set(keys).count == 9_000)
        #expect(!keys.contains("key 10"))
    }

    @Test("windows that are over are not restored")
    func expired() throws {
        try withFile { path in
            let counters = QuotaCounters()
            _ = count(counters, "old")
            try QuotaJournal(path: path).record(counters.snapshotOfLongWindows())
            #expect(try QuotaJournal(path: path).load(nowMilliseconds: Self.now + Self.day) == [])
            #expect(try QuotaJournal(path: path).load(nowMilliseconds: Self.now).count == 1)
        }
    }

    @Test("a file that was cut off or changed gives what is whole in it, and is written anew")
    func damaged() throws {
        try withFile { path in
            let counters = QuotaCounters()
            for key in 0..<3 { _ = count(counters, "key \(key)") }
            try QuotaJournal(path: path).record(counters.snapshotOfLongWindows())
            let whole = try Data(contentsOf: URL(filePath: path))
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: URL(filePath: path))
                let restored = try QuotaJournal(path: path).load(nowMilliseconds: Self.now)
                #expect(restored.count == length * 3 / whole.count)
            }
            var changed = whole
            changed[whole.count - 1] ^= 1
            try changed.write(to: URL(filePath: path))
            let journal = QuotaJournal(path: path)
            #expect(try journal.load(nowMilliseconds: Self.now).count == 2)
            try journal.record(counters.snapshotOfLongWindows())
            #expect(try QuotaJournal(path: path).load(nowMilliseconds: Self.now).count == 3)
        }
    }

    @Test("a disk that refuses the file is an error, and the next turn tries again")
    func refused() throws {
        try withFile { path in
            let counters = QuotaCounters()
            _ = count(counters, "key")
            let journal = QuotaJournal(path: path + "/below")
            #expect(throws: JournalFile.Failure.self) { try journal.record(counters.snapshotOfLongWindows()) }
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try journal.record(counters.snapshotOfLongWindows())
            #expect(try QuotaJournal(path: path + "/below").load(nowMilliseconds: Self.now).count == 1)
        }
    }
}
