import Testing

@testable import Archives

@Suite("Written ZIP archives")
struct ZIPWriterTests {
    @Test("what is written is what is read, and the same files give the same bytes")
    func roundTrip() throws {
        let files: [ZIPArchive.File] = [
            .init(path: "policy/policy.yaml", bytes: Array(String(repeating: "name: pizza\n", count: 500).utf8)),
            .init(path: "policy/ünïcode.lua", bytes: [1]), .init(path: "empty", bytes: []),
        ]
        let archive = ZIPArchive.archive(of: files)
        #expect(try ZIPArchive.files(of: archive) == files)
        #expect(ZIPArchive.archive(of: files) == archive)
    }

    @Test("text is deflated, bytes that do not shrink are stored")
    func packing() {
        let text = Array(String(repeating: "pizza ", count: 1_000).utf8)
        #expect(ZIPArchive.archive(of: [.init(path: "a", bytes: text)]).count < 300)
        let noise = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
        #expect(Deflation.deflate([7]) == nil)
        #expect(ZIPArchive.archive(of: [.init(path: "a", bytes: noise)]).count < noise.count + 120)
    }

    @Test("an archive without files is one")
    func empty() throws {
        #expect(try ZIPArchive.files(of: ZIPArchive.archive(of: [])).isEmpty)
    }
}
