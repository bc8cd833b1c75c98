import Model

/// What has come of one stream but is not taken yet.
struct FeedIntake {
    /// Whether everything comes, up to the next position.
    var isComplete = false
    private var gatherer = LineGatherer()
    private var waiting: [ArraySlice<UInt8>] = []
    /// Lines since the last position, for the disk.
    private var lines: [UInt8] = []

    /// Many lines at a time are read several times quicker than one by one.
    private static let batch = 4000
    private static let pieceSize = 256 << 10
    private static let entityStarts = [FeedProtocol.Member.put, FeedProtocol.Member.remove].map { Array("{\"\($0)\"".utf8) }

    /// Adds what has come; returns the lines that are to be read now, or `nil` while it is better to wait for more. Only lines of entities
    /// wait: a position always follows them.
    mutating func add(_ bytes: [UInt8]) throws -> [ArraySlice<UInt8>]? {
        waiting += try gatherer.lines(bytes)
        guard let last = waiting.last else { return nil }
        let isWithin = Self.entityStarts.contains { last.starts(with: $0) }
        guard !isWithin || waiting.count >= Self.batch else { return nil }
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting
    }

    mutating func remember(_ line: ArraySlice<UInt8>) {
        lines += line
        lines.append(UInt8(ascii: "\n"))
    }

    /// Lines for the disk, when they are many.
    mutating func piece() -> [UInt8]? { lines.count >= Self.pieceSize ? takeLines() : nil }

    mutating func takeLines() -> [UInt8] {
        defer { lines.removeAll(keepingCapacity: true) }
        return lines
    }
}
