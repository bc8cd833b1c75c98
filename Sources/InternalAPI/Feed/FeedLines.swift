import ContractRouter
import Documents
import Model
import Storage

/// Writes the lines of one feed, gathered into pieces, compressed if the gateway accepts that.
struct FeedLines {
    private let writer: BodyWriter
    private let gzip: GzipStream?
    private var pending: [UInt8] = []

    /// Bytes that are gathered before they are sent.
    private static let pieceSize = 64 << 10

    init(_ writer: BodyWriter, gzip: GzipStream?) {
        self.writer = writer
        self.gzip = gzip
    }

    mutating func append(_ line: JSONValue) {
        pending += line.serialized()
        pending.append(UInt8(ascii: "\n"))
    }

    /// The JSON of the entity goes out as it lies in the database.
    mutating func append(_ record: GatewayRecord) {
        typealias Member = FeedProtocol.Member
        let verb = record.value == nil ? Member.remove : Member.put
        pending += Array("{\"\(verb)\":\"\(record.kind.rawValue)\",\"\(Member.key)\":".utf8)
        pending += JSONValue(record.key).serialized()
        if let value = record.value {
            pending += Array(",\"\(Member.value)\":".utf8)
            pending += Array(value.utf8)
        }
        pending += Array("}\n".utf8)
    }

    mutating func append(_ position: FeedPosition) {
        append([
            FeedProtocol.Member.sequence: JSONValue(position.sequence), FeedProtocol.Member.mark: JSONValue(position.mark),
        ])
    }

    /// Sends what is gathered if it is much.
    mutating func sendPieces() async throws {
        if pending.count >= Self.pieceSize { try await send() }
    }

    /// Sends everything, so that the gateway has it.
    mutating func send() async throws {
        guard !pending.isEmpty else { return }
        let piece = gzip?.compress(pending) ?? pending
        pending.removeAll(keepingCapacity: true)
        try await writer.write(piece)
    }

    mutating func finish() async throws {
        try await send()
        if let gzip { try await writer.write(gzip.finish()) }
    }
}
