import Foundation
import Logging
import Model
import Testing

@testable import RemoteFeed

@Suite("A gateway's memory on its disk")
struct GatewayMemoryTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
    private let key: SealingKey

    init() throws { key = try Self.newKey() }

    private static func newKey() throws -> SealingKey {
        try SealingKey(base64: Data(RandomSource.system.bytes(32)).base64EncodedString(), source: "test")
    }

    private func memory(key: SealingKey? = nil, environments: [String] = ["Default"], mergeSize: Int = 4 << 20) throws
        -> GatewayMemory
    {
        try GatewayMemory(
            path: folder, key: key ?? self.key, environments: environments, tenants: [], mergeSize: mergeSize,
            logger: Logger(label: "test"))
    }

    private static func step(_ sequence: Int64, _ names: String...) -> MemoryStep {
        let lines = names.map { #"{"put":"application","key":"\#($0)","value":{"at":\#(sequence)}}"# + "\n" }.joined()
        return MemoryStep(lines: Array(lines.utf8), position: FeedPosition(sequence: sequence, mark: "m\(sequence)"))
    }

    private static func texts(_ remembered: GatewayMemory.Remembered?) -> [String]? {
        remembered?.lines.map { String(decoding: $0, as: UTF8.self) }
    }

    private func files(_ prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }.sorted()
    }

    private func write(_ memory: GatewayMemory) async {
        await memory.beginSnapshot()
        await memory.extendSnapshot(Self.step(1, "a").lines)
        await memory.completeSnapshot(Self.step(2, "b"))
        await memory.append(Self.step(3, "c"))
        await memory.append(Self.step(4))
    }

    @Test("what was written is read by the next process, in order, with its position")
    func roundTrip() async throws {
        let first = try memory()
        #expect(await first.read() == nil)
        await write(first)
        let second = try memory()
        let remembered = await second.read()
        #expect(remembered?.position == FeedPosition(sequence: 4, mark: "m4"))
        #expect(remembered?.isOfThisConfiguration == true)
        #expect(Self.texts(remembered)?.count == 3)
        // And it goes on from there.
        await second.append(Self.step(5, "d"))
        let third = try await memory().read()
        #expect(third?.position.sequence == 5)
        #expect(third?.lines.count == 4)
        #expect(try await memory(environments: ["other"]).read()?.isOfThisConfiguration == false)
    }

    @Test("nothing of it is readable, and another key does not open it")
    func sealed() async throws {
        await write(try memory())
        for file in try files("") {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
            #expect(bytes.firstRange(of: Data("application".utf8)) == nil)
        }
        #expect(try await memory(key: try Self.newKey()).read() == nil)
    }

    @Test("a torn or changed step is left out with everything behind it, and writing goes on in its place")
    func tornStep() async throws {
        await write(try memory())
        let path = "\(folder)/changes-1"
        var bytes = try Data(contentsOf: URL(filePath: path))
        let whole = bytes
        for cut in [1, 5, 40] {
            try whole.dropLast(cut).write(to: URL(filePath: path))
            let remembered = try await memory().read()
            #expect((remembered?.position.sequence ?? 0) < 4)
            #expect((remembered?.position.sequence ?? 0) >= 2)
        }
        try whole.write(to: URL(filePath: path))
        bytes[bytes.count - 3] ^= 1
        try bytes.write(to: URL(filePath: path))
        let damaged = try memory()
        #expect(await damaged.read()?.position.sequence == 3)
        await damaged.append(Self.step(4, "again"))
        let mended = try await memory().read()
        #expect(mended?.position.sequence == 4)
        #expect(Self.texts(mended)?.last?.contains("again") == true)
    }

    @Test("steps that were moved to another place are not taken")
    func movedSteps() async throws {
        await write(try memory())
        let path = URL(filePath: "\(folder)/changes-1")
        let bytes = try Data(contentsOf: path)
        let head = SealedFile.headLength
        func frame(_ start: Int) -> Range<Int> {
            let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
            return start..<(start + 4 + length)
        }
        let first = frame(head)
        let second = frame(first.upperBound)
        let third = frame(second.upperBound)
        try (bytes[..<first.upperBound] + bytes[third] + bytes[second]).write(to: path)
        #expect(try await memory().read()?.position.sequence == 2)
    }

    @Test("a state that was not received whole does not count")
    func unfinishedSnapshot() async throws {
        let first = try memory()
        await write(first)
        await first.beginSnapshot()
        await first.extendSnapshot(Self.step(9, "z").lines)
        #expect(try await memory().read()?.position.sequence == 4)
    }

    @Test("a new state replaces the old one")
    func newSnapshot() async throws {
        let first = try memory()
        await write(first)
        await first.beginSnapshot()
        await first.completeSnapshot(Self.step(9, "z"))
        let remembered = try await memory().read()
        #expect(remembered?.position.sequence == 9)
        #expect(Self.texts(remembered)?.count == 1)
        #expect(try files("snapshot-").count == 1)
    }

    @Test("many changes are merged into a new state that holds each entity once")
    func merging() async throws {
        let first = try memory(mergeSize: 2000)
        await first.beginSnapshot()
        await first.completeSnapshot(Self.step(1, "a", "b"))
        let removal = #"{"remove":"application","key":"b"}"# + "\n"
        await first.append(MemoryStep(lines: Array(removal.utf8), position: FeedPosition(sequence: 2, mark: "m2")))
        for sequence in Int64(3)...40 { await first.append(Self.step(sequence, "a", "c")) }
        while try files("snapshot-") == ["snapshot-1"] { try? await Task.sleep(for: .milliseconds(2)) }
        let size = try files("snapshot-").map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)")).count }.reduce(0, +)
        #expect(size < 1000)
        let remembered = try await memory().read()
        #expect(remembered?.position.sequence == 40)
        #expect(Self.texts(remembered)?.contains { $0.contains("\"b\"") } == false)
        #expect(Self.texts(remembered)?.last { $0.contains("\"a\"") }?.contains("40") == true)
    }

    @Test("a folder that cannot be written is a problem, not an end")
    func unwritable() async throws {
        let first = try memory()
        await write(first)
        try FileManager.default.removeItem(atPath: folder)
        await first.beginSnapshot()
        await first.completeSnapshot(Self.step(5, "x"))
        #expect(await first.problem != nil)
        await first.append(Self.step(6, "y"))
    }
}
