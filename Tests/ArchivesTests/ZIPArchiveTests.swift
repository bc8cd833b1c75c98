import Testing

@testable import Archives

@Suite("ZIP archives")
struct ZIPArchiveTests {
    private typealias Entry = TestArchive.Entry

    private func refusal(_ entries: [Entry], _ limits: ArchiveLimits = ArchiveLimits()) -> ArchiveError? {
        refusal(TestArchive(entries).bytes, limits)
    }

    private func refusal(_ bytes: [UInt8], _ limits: ArchiveLimits = ArchiveLimits()) -> ArchiveError? {
        do {
            _ = try ZIPArchive.files(of: bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("stored and deflated files are read, folders and a comment passed over")
    func reads() throws {
        let long = String(repeating: "pizza ", count: 5_000)
        var archive = TestArchive([
            Entry("api/").with {
                $0.isDeflated = false
                $0.mode = 0o040755
            },
            Entry("api/swagger.yaml", long), Entry("api/empty", ""), Entry("ünïcode.txt", "x").with { $0.isDeflated = false },
        ])
        archive.comment = Array("made by hand PK".utf8)
        let files = try ZIPArchive.files(of: archive.bytes)
        #expect(files.map(\.path) == ["api/swagger.yaml", "api/empty", "ünïcode.txt"])
        #expect(files[0].bytes == Array(long.utf8) && files[1].bytes.isEmpty && files[2].bytes == [0x78])
    }

    @Test(
        "paths that lead out of the archive are refused",
        arguments: [
            "../swagger.yaml", "api/../../x", "/etc/passwd", "api//x", "api/./x", "..", "C:/x", "api\\..\\x", "a\u{0}b", "a\nb",
            "",
        ])
    func traversal(_ name: String) {
        guard case .unsafePath = refusal([Entry(name, "x")]) else {
            Issue.record("'\(name)' was accepted")
            return
        }
    }

    @Test("names that are not UTF-8 or longer than a path may be are refused")
    func names() {
        for name in [[0xff, 0xfe], Array(repeating: UInt8(ascii: "a"), count: 600)] {
            guard case .unsafePath = refusal([Entry("", "x").with { $0.name = name }]) else {
                Issue.record("accepted")
                continue
            }
        }
    }

    @Test("the same path twice, in any letter case, is refused")
    func duplicates() {
        guard case .malformed = refusal([Entry("a.yaml", "1"), Entry("A.yaml", "2")]) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("links, devices and archives within the archive are refused")
    func kinds() {
        #expect(refusal([Entry("link", "/etc/passwd").with { $0.mode = 0o120777 }]) == .notAFile("link"))
        #expect(refusal([Entry("device", "").with { $0.mode = 0o020666 }]) == .notAFile("device"))
        let inner = TestArchive([Entry("a", "b")]).bytes
        #expect(refusal([Entry("notes.txt", bytes: inner)]) == .nested("notes.txt"))
        #expect(refusal([Entry("a.gz", bytes: [0x1f, 0x8b, 8, 0])]) == .nested("a.gz"))
    }

    @Test("limits on sizes, entries, depth and ratio hold")
    func limits() {
        let zeros = [UInt8](repeating: 0, count: 400_000)
        let cases: [([Entry], ArchiveLimits)] = [
            ([Entry("a", "12345")], ArchiveLimits(size: 50)), ([Entry("a", "12345")], ArchiveLimits(fileSize: 4)),
            ([Entry("a", "123"), Entry("b", "123")], ArchiveLimits(totalSize: 5)),
            ([Entry("a", "1"), Entry("b", "2"), Entry("c", "3")], ArchiveLimits(entries: 2)),
            ([Entry("a/b/c", "1")], ArchiveLimits(depth: 2)), ([Entry("zeros", bytes: zeros)], ArchiveLimits(ratio: 100)),
        ]
        for (entries, limits) in cases {
            guard case .tooLarge = refusal(entries, limits) else {
                Issue.record("\(limits) let \(entries.map(\.name)) pass")
                continue
            }
            #expect(refusal(entries, ArchiveLimits(ratio: 10_000)) == nil)
        }
    }

    @Test("a file that unpacks to more or less than the directory says is refused, without unpacking it all")
    func lies() {
        let bomb = [UInt8](repeating: 0, count: 30_000_000)
        for size in [10, 0, 100] {
            guard case .malformed = refusal([Entry("bomb", bytes: bomb).with { $0.size = size }]) else {
                Issue.record("size \(size) was believed")
                continue
            }
        }
        guard case .malformed = refusal([Entry("a", "abc").with { $0.checksum = 7 }]) else {
            Issue.record("a wrong checksum was believed")
            return
        }
    }

    @Test("entries that share their bytes are refused")
    func overlapping() {
        let file = Entry("a", String(repeating: "x", count: 100))
        let second = Entry("b", String(repeating: "x", count: 100)).with { $0.sharesBytes = true }
        guard case .malformed = refusal([file, second]) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("a header that contradicts the directory is refused")
    func contradiction() {
        guard case .malformed = refusal([Entry("a", "x").with { $0.headerName = Array("b".utf8) }]) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("what cannot be read is said to be so: encryption and other compressions")
    func unsupported() {
        for entry in [Entry("a", "x").with { $0.flags = 1 }, Entry("a", "x").with { $0.method = 14 }] {
            guard case .unsupported = refusal([entry]) else {
                Issue.record("accepted")
                continue
            }
        }
    }

    @Test("an archive that is cut off or changed anywhere is refused or read, but never harms")
    func damage() {
        let whole = TestArchive([Entry("api/swagger.yaml", "openapi: 3.0.0"), Entry("b", "text")]).bytes
        for length in 0..<whole.count { #expect(refusal(Array(whole.prefix(length))) != nil) }
        for position in whole.indices {
            for value: UInt8 in [0, 0x7f, 0xff] {
                var changed = whole
                changed[position] = value
                _ = refusal(changed)
            }
        }
    }
}
