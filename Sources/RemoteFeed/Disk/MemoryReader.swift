import FoundationEssentials
import Model

/// Reads what a gateway knows out of the files of its memory, while the gateway goes on writing them.
struct MemoryReader: Sendable {
    var folder: MemoryFolder
    var key: SealingKey

    private struct LineIdentity: Decodable {
        var put: String?
        var remove: String?
        var key: String?
    }

    /// The newest entities of some kinds. Throws a ``DiskProblem`` when the files cannot be read, as when they are being replaced.
    func entities(_ kinds: Set<GatewayEntity.Kind>, from first: Int, through last: Int) throws -> [GatewayEntity] {
        var newest: [EntityIdentity.Text: ArraySlice<UInt8>] = [:]
        let names = Set(kinds.map(\.rawValue))
        for path in [folder.snapshot(first)] + (first...last).map(folder.changes) {
            guard let reader = SealedFileReader(path, key: key), reader.next() != nil else { throw DiskProblem(path) }
            while let frame = reader.next() {
                for line in frame.split(separator: UInt8(ascii: "\n")) { Self.take(line, names, &newest) }
            }
        }
        return try newest.values.compactMap { line in
            guard case .change(.put(let entity)) = try JSONDecoder().decode(FeedLine.self, from: Data(line)) else { return nil }
            return entity
        }
    }

    private static func take(
        _ line: ArraySlice<UInt8>, _ kinds: Set<String>, _ newest: inout [EntityIdentity.Text: ArraySlice<UInt8>]
    ) {
        guard let identity = try? JSONDecoder().decode(LineIdentity.self, from: Data(line)), let key = identity.key else {
            return
        }
        if let kind = identity.put, kinds.contains(kind) {
            newest[EntityIdentity.Text(kind: kind, key: key)] = line
        } else if let kind = identity.remove, kinds.contains(kind) {
            newest[EntityIdentity.Text(kind: kind, key: key)] = nil
        }
    }
}
