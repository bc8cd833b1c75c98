import FoundationEssentials
import Model

/// One line of the feed, read.
enum FeedLine: Sendable, Equatable {
    /// The first line of a stream. A complete one carries everything up to the first position.
    case opened(session: String, isComplete: Bool, heartbeatSeconds: Int)
    case change(GatewayChange)
    /// An entity that this program cannot read: of a kind that it does not know, or with a value that it does not understand.
    case unreadable(kind: String, key: String, message: String)
    /// What came before belongs together and leads to this position.
    case position(FeedPosition)
    /// The control plane wants to know what was counted on these counters.
    case asked(question: Int, counters: [CounterName])
    /// A sign of life, or something that this program does not know.
    case keepAlive
}

extension FeedLine: Decodable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        typealias Member = FeedProtocol.Member
        let members = try decoder.container(keyedBy: Name.self)
        func text(_ name: String) throws -> String? { try members.decodeIfPresent(String.self, forKey: Name(name)) }
        if let kind = try text(Member.put) {
            self = Self.put(kind, key: try text(Member.key) ?? "") { try members.superDecoder(forKey: Name(Member.value)) }
        } else if let kind = try text(Member.remove) {
            let key = try text(Member.key) ?? ""
            // A kind that is not known has never been taken, so there is nothing to remove.
            self = GatewayEntity.Kind(rawValue: kind).map { .change(.remove(kind: $0, key: key)) } ?? .keepAlive
        } else if let sequence = try members.decodeIfPresent(Int64.self, forKey: Name(Member.sequence)) {
            self = .position(FeedPosition(sequence: sequence, mark: try text(Member.mark) ?? ""))
        } else if let session = try text(Member.session) {
            self = .opened(
                session: session, isComplete: try members.decode(Bool.self, forKey: Name(Member.isComplete)),
                heartbeatSeconds: try members.decode(Int.self, forKey: Name(Member.heartbeatSeconds)))
        } else if let question = try members.decodeIfPresent(Int.self, forKey: Name(Member.ask)),
            let counters = try members.decodeIfPresent([CounterName].self, forKey: Name(Member.counters))
        {
            self = .asked(question: question, counters: counters)
        } else {
            self = .keepAlive
        }
    }

    private static func put(_ name: String, key: String, value: () throws -> any Decoder) -> FeedLine {
        guard let kind = GatewayEntity.Kind(rawValue: name) else {
            return .unreadable(kind: name, key: key, message: "this gateway's version does not know the kind")
        }
        do {
            return .change(.put(try GatewayEntity(kind, from: value())))
        } catch {
            return .unreadable(kind: name, key: key, message: String("\(error)".prefix(500)))
        }
    }
}

extension FeedLine {
    /// Reads lines, on as many threads as there are; the order is kept. Throws when one of them is no JSON object.
    static func read(_ lines: [ArraySlice<UInt8>]) async throws -> [FeedLine] {
        let pieces = pieces(of: lines)
        guard pieces.count > 1 else { return try pieces.flatMap { try read(piece: $0) } }
        return try await withThrowingTaskGroup(of: (Int, [FeedLine]).self) { group in
            for (index, piece) in pieces.enumerated() { group.addTask { (index, try read(piece: piece)) } }
            var all = [[FeedLine]](repeating: [], count: pieces.count)
            for try await (index, lines) in group { all[index] = lines }
            return all.flatMap { $0 }
        }
    }

    /// One pass of the decoder over many lines is several times quicker than one each.
    private static func read(piece: ArraySlice<ArraySlice<UInt8>>) throws -> [FeedLine] {
        var bytes = Data([UInt8(ascii: "[")])
        bytes.reserveCapacity(piece.reduce(2) { $0 + $1.count + 1 })
        for (index, line) in piece.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: line)
        }
        bytes.append(UInt8(ascii: "]"))
        return try JSONDecoder().decode([FeedLine].self, from: bytes)
    }

    private static func pieces(of lines: [ArraySlice<UInt8>]) -> [ArraySlice<ArraySlice<UInt8>>] {
        let size = 500
        return stride(from: 0, to: lines.count, by: size).map { lines[$0..<min($0 + size, lines.count)] }
    }
}
