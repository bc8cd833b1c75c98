/// The packed bytes of one entry.
struct ZIPContent {
    private let bytes: [UInt8]
    private let entry: ZIPEntry

    /// Bytes of an entry's header without name and extra field.
    static let headerSize = 30

    init(_ bytes: [UInt8], _ entry: ZIPEntry) {
        self.bytes = bytes
        self.entry = entry
    }

    /// The file's bytes. Throws when the entry's header contradicts the directory, or size or checksum are not what the directory says.
    func unpacked() throws(ArchiveError) -> [UInt8] {
        let packed = try packedBytes()
        let content: [UInt8]
        if entry.method == ZIPEntry.stored {
            guard entry.packedSize == entry.size else { throw .malformed("the sizes of '\(entry.path)' differ") }
            content = Array(packed)
        } else {
            guard let inflated = Inflation.inflate(packed, size: entry.size) else {
                throw .malformed("'\(entry.path)' cannot be unpacked to the size that the directory names")
            }
            content = inflated
        }
        guard Inflation.checksum(content) == entry.checksum else {
            throw .malformed("the checksum of '\(entry.path)' is wrong")
        }
        return content
    }

    private func packedBytes() throws(ArchiveError) -> ArraySlice<UInt8> {
        let what = "the header of '\(entry.path)'"
        var cursor = ZIPCursor(bytes, at: entry.headerOffset)
        try cursor.expect([0x50, 0x4b, 0x03, 0x04], of: what)
        _ = try cursor.take(4, of: what)
        let method = try cursor.number(2, of: what)
        _ = try cursor.take(16, of: what)
        let nameLength = try cursor.number(2, of: what)
        let extraLength = try cursor.number(2, of: what)
        let name = try cursor.take(nameLength, of: what)
        _ = try cursor.take(extraLength, of: what)
        // Readers that go by the headers and readers that go by the directory must see the same.
        guard method == entry.method, name.elementsEqual(entry.rawName) else {
            throw .malformed("\(what) contradicts the directory")
        }
        return try cursor.take(entry.packedSize, of: "'\(entry.path)'")
    }
}
