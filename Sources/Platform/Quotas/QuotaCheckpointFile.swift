import Counters
import FoundationEssentials

/// The counters with long windows on disk, so that a restart does not begin their windows anew.
///
/// One line a counter: bits, window length and key; in the first line the name under which this node counted in a shared store.
struct QuotaCheckpointFile: Sendable {
    /// What the file holds.
    struct Content: Sendable, Equatable {
        var node: String
        var counters: [QuotaCheckpoint]
    }

    var path: String

    private static let title = "martlet quota counters 1"

    /// `nil` if there is no file, or none that can be read: then windows begin anew, which is no reason not to start.
    func read() -> Content? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
        guard let first = lines.popFirst().map({ String(decoding: $0, as: UTF8.self) }), first.hasPrefix(Self.title + "\t")
        else { return nil }
        return Content(node: String(first.dropFirst(Self.title.count + 1)), counters: lines.compactMap { Self.counter($0) })
    }

    private static func counter(_ line: Data) -> QuotaCheckpoint? {
        let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bits = UInt64(String(decoding: parts[0], as: UTF8.self)),
            let length = Int64(String(decoding: parts[1], as: UTF8.self)), length >= QuotaCheckpoint.shortestWindowMilliseconds
        else { return nil }
        return QuotaCheckpoint(key: String(decoding: parts[2], as: UTF8.self), windowMilliseconds: length, bits: bits)
    }

    /// Replaces the file as a whole. A key with a line end, which no key of ours has, would break its line and is left out.
    func write(_ content: Content) throws {
        var text = "\(Self.title)\t\(content.node)\n"
        for counter in content.counters where !counter.key.utf8.contains(UInt8(ascii: "\n")) {
            text += "\(counter.bits)\t\(counter.windowMilliseconds)\t\(counter.key)\n"
        }
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
