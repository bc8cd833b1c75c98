import FoundationEssentials
import Model

/// Makes one snapshot out of a snapshot and the changes that follow it, reading twice, so that it holds keys in memory but no entities.
struct MemoryMerger: Sendable {
    var folder: MemoryFolder
    var key: SealingKey
    var head: MemoryHead
    var random: RandomSource

    private static let pieceSize = 256 << 10

    private struct LineIdentity: Decodable {
        var put: String?
        var remove: String?
        var key: String?

        var text: String? { (put ?? remove).map { "\($0) \(key ?? "")" } }
    }

    /// Writes the draft of the new snapshot; returns its size in bytes.
    func merge(from first: Int, through last: Int, position: FeedPosition) throws -> Int {
        var newest: [String: Int] = [:]
        try forEachLine(from: first, through: last) { ordinal, line in
            guard let identity = Self.identity(line), let text = identity.text else { return }
            // A removed entity needs no line in a complete state.
            newest[text] = identity.remove == nil ? ordinal : nil
        }
        let kept = Set(newest.values)
        newest = [:]
        let writer = try SealedFileWriter(creating: folder.mergeDraft, key: key, random: random)
        try writer.append(try head.bytes())
        var piece: [UInt8] = []
        try forEachLine(from: first, through: last) { ordinal, line in
            guard kept.contains(ordinal) else { return }
            piece += line
            piece.append(UInt8(ascii: "\n"))
            if piece.count >= Self.pieceSize {
                try writer.append(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try writer.append(piece + MemoryStep.line(position))
        try writer.synchronize()
        return writer.size
    }

    private func forEachLine(from first: Int, through last: Int, _ body: (Int, ArraySlice<UInt8>) throws -> Void) throws {
        var ordinal = 0
        for path in [folder.snapshot(first)] + (first...last).map(folder.changes) {
            guard let reader = SealedFileReader(path, key: key), reader.next() != nil else { throw DiskProblem(path) }
            while let frame = reader.next() {
                for line in frame.split(separator: UInt8(ascii: "\n")) {
                    try body(ordinal, line)
                    ordinal += 1
                }
            }
        }
    }

    private static func identity(_ line: ArraySlice<UInt8>) -> LineIdentity? {
        try? JSONDecoder().decode(LineIdentity.self, from: Data(line))
    }
}

extension FeedPosition {
    /// Reads a line that holds nothing but a position.
    init?(line: ArraySlice<UInt8>) {
        guard let position = try? JSONDecoder().decode(FeedPosition.self, from: Data(line)) else { return nil }
        self = position
    }
}
