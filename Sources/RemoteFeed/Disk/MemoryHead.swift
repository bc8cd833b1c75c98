import FoundationEssentials
import Model

/// The first frame of each file of a gateway's memory.
struct MemoryHead: Codable, Equatable {
    /// Version of the lines.
    var schema = FeedProtocol.schema
    /// What the gateway was configured to serve.
    var environments: [String]
    var tenants: [String]
    /// Where the changes begin; `nil` in a snapshot.
    var start: FeedPosition?

    func bytes() throws -> [UInt8] { [UInt8](try JSONEncoder().encode(self)) }

    init(environments: [String], tenants: [String], start: FeedPosition? = nil) {
        self.environments = environments
        self.tenants = tenants
        self.start = start
    }

    init?(_ bytes: [UInt8]) {
        guard let head = try? JSONDecoder().decode(MemoryHead.self, from: Data(bytes)) else { return nil }
        self = head
    }
}

/// Lines that lead to a position, as they lie on the disk.
struct MemoryStep {
    /// Lines of the feed, each with its end.
    var lines: [UInt8]
    var position: FeedPosition

    /// The step as lines, the position last.
    var bytes: [UInt8] { lines + Self.line(position) }

    static func line(_ position: FeedPosition) -> [UInt8] {
        // A mark is a text of the control plane; its JSON form is made by the encoder.
        let encoded = (try? JSONEncoder().encode(position)).map { [UInt8]($0) } ?? []
        return encoded + [UInt8(ascii: "\n")]
    }
}
