import Foundation
import Model
import Synchronization
import Testing

@testable import GatewayTransport

@Suite("A log file of the gateway")
struct LogSinkTests {
    /// A wall clock that tests set.
    private final class TestTime: Sendable {
        private let now = Mutex<Int64>(0)

        init(_ milliseconds: Int64) { now.withLock { $0 = milliseconds } }

        func advance(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }

        var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
    }

    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "logs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func files(_ directory: String) throws -> [String: String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).reduce(into: [:]) {
            $0[$1] = try String(contentsOfFile: directory + "/" + $1, encoding: .utf8)
        }
    }

    private func write(_ line: String, _ sink: LogSink) async {
        sink.write(Array((line + "\n").utf8))
        await sink.flush()
    }

    @Test("begins anew above its size, and keeps as many old files as it should")
    func size() async throws {
        try await withDirectory { directory in
            let sink = LogSink(path: directory + "/a.log", rotation: LogRotation(bytes: 12, files: 2))
            for number in 1...7 { await write("line \(number)", sink) }
            await sink.close()
            let found = try files(directory)
            #expect(found == ["a.log": "line 7\n", "a.log.1": "line 6\n", "a.log.2": "line 5\n"])
            #expect(sink.droppedBytes == 0)
        }
    }

    @Test("begins anew with each day, also after a restart")
    func day() async throws {
        try await withDirectory { directory in
            // Files get their times from the system, so this clock starts there.
            let time = TestTime(TimeSource.system.milliseconds)
            let rotation = LogRotation(isDaily: true)
            let sink = LogSink(path: directory + "/a.log", rotation: rotation, time: time.source)
            await write("today", sink)
            await write("today too", sink)
            time.advance(86_400_000)
            await write("tomorrow", sink)
            await sink.close()
            let found = try files(directory)
            #expect(found == ["a.log": "tomorrow\n", "a.log.1": "today\ntoday too\n"])

            time.advance(86_400_000)
            let restarted = LogSink(path: directory + "/a.log", rotation: rotation, time: time.source)
            await write("later", restarted)
            await restarted.close()
            let later = try files(directory)
            #expect(later["a.log"] == "later\n")
            #expect(later["a.log.1"] == "tomorrow\n")
        }
    }

    @Test("goes on in a new file when another program has moved the old one away")
    func reopen() async throws {
        try await withDirectory { directory in
            let sink = LogSink(path: directory + "/a.log")
            await write("one", sink)
            try FileManager.default.moveItem(atPath: directory + "/a.log", toPath: directory + "/moved")
            await write("two", sink)
            sink.reopen()
            await write("three", sink)
            await sink.close()
            let found = try files(directory)
            #expect(found == ["moved": "one\ntwo\n", "a.log": "three\n"])
        }
    }

    @Test("a full disk loses lines, counts them, and takes the next ones when there is room again")
    func fullDisk() async throws {
        try await withDirectory { directory in
            let path = directory + "/a.log"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
            let sink = LogSink(path: path)
            for _ in 0..<3 { await write("lost", sink) }
            #expect(sink.droppedBytes == 15)
            try FileManager.default.removeItem(atPath: path)
            await write("kept", sink)
            await sink.close()
            #expect(sink.droppedBytes == 15)
            let found = try files(directory)
            #expect(found == ["a.log": "kept\n"])
        }
    }

    @Test("a directory that is not there loses lines and counts them")
    func noDirectory() async throws {
        let sink = LogSink(path: "/nowhere/a.log")
        await write("lost", sink)
        await sink.close()
        #expect(sink.droppedBytes == 5)
    }
}
