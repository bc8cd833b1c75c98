/// What the directory of an archive says of one file or folder.
struct ZIPEntry {
    var path: String
    var isFolder: Bool
    /// The name as it stands in the archive.
    var rawName: ArraySlice<UInt8>
    var method: Int
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    /// Where the entry's own header begins.
    var headerOffset: Int

    static let stored = 0
    static let deflated = 8
}

/// Reads little-endian numbers out of the archive's bytes.
struct ZIPCursor {
    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func take(_ count: Int, of what: String) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard count >= 0, offset >= 0, bytes.count - offset >= count else { throw .malformed("\(what) is cut off") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func number(_ size: Int, of what: String) throws(ArchiveError) -> Int {
        try take(size, of: what).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func expect(_ signature: [UInt8], of what: String) throws(ArchiveError) {
        guard try take(4, of: what).elementsEqual(signature) else { throw .malformed("\(what) is not where it should be") }
    }
}
