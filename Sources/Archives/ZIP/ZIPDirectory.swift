/// The central directory at the end of an archive.
struct ZIPDirectory {
    let entries: [ZIPEntry]

    init(_ bytes: [UInt8], limits: ArchiveLimits) throws(ArchiveError) {
        var end = try Self.endRecord(bytes)
        let disk = try end.number(2, of: "the end record")
        let firstDisk = try end.number(2, of: "the end record")
        let countHere = try end.number(2, of: "the end record")
        let count = try end.number(2, of: "the end record")
        let size = try end.number(4, of: "the end record")
        let offset = try end.number(4, of: "the end record")
        guard count != 0xffff, size != 0xffff_ffff, offset != 0xffff_ffff else {
            throw .unsupported("it has the ZIP64 form, which small archives do not need")
        }
        guard disk == 0, firstDisk == 0, countHere == count else { throw .unsupported("it is one part of several") }
        guard count <= limits.entries else { throw .tooLarge("it has more than \(limits.entries) entries") }
        var cursor = ZIPCursor(bytes, at: offset)
        var entries: [ZIPEntry] = []
        var paths: Set<String> = []
        for _ in 0..<count {
            let entry = try Self.entry(&cursor, directoryOffset: offset, limits)
            guard paths.insert(entry.path.lowercased()).inserted else {
                throw .malformed("the path '\(entry.path)' is there twice")
            }
            entries.append(entry)
        }
        guard cursor.offset <= offset + size else { throw .malformed("the directory is longer than it says") }
        self.entries = entries
    }

    /// The record that says where the directory is; behind it comes nothing but a comment of the length that it names.
    private static func endRecord(_ bytes: [UInt8]) throws(ArchiveError) -> ZIPCursor {
        let size = 22
        var offset = bytes.count - size
        let earliest = max(0, offset - 0xffff)
        while offset >= earliest {
            if bytes[offset] == 0x50, bytes[offset..<offset + 4].elementsEqual([0x50, 0x4b, 0x05, 0x06]),
                Int(bytes[offset + 20]) | Int(bytes[offset + 21]) << 8 == bytes.count - offset - size
            {
                return ZIPCursor(bytes, at: offset + 4)
            }
            offset -= 1
        }
        throw .malformed("its directory is missing")
    }

    private static func entry(
        _ cursor: inout ZIPCursor, directoryOffset: Int, _ limits: ArchiveLimits
    ) throws(ArchiveError) -> ZIPEntry {
        let what = "the directory"
        try cursor.expect([0x50, 0x4b, 0x01, 0x02], of: what)
        let madeBy = try cursor.number(2, of: what)
        _ = try cursor.number(2, of: what)
        let flags = try cursor.number(2, of: what)
        let method = try cursor.number(2, of: what)
        _ = try cursor.number(4, of: what)
        let checksum = UInt32(try cursor.number(4, of: what))
        let packedSize = try cursor.number(4, of: what)
        let size = try cursor.number(4, of: what)
        let nameLength = try cursor.number(2, of: what)
        let extraLength = try cursor.number(2, of: what)
        let commentLength = try cursor.number(2, of: what)
        _ = try cursor.number(4, of: what)
        let attributes = try cursor.number(4, of: what)
        let headerOffset = try cursor.number(4, of: what)
        let name = try cursor.take(nameLength, of: what)
        _ = try cursor.take(extraLength + commentLength, of: what)
        let (path, isFolder) = try ArchivePath.checked(name, limits)
        try checkKind(path, madeBy: madeBy, attributes: attributes, isFolder: isFolder)
        // Bit 0: encrypted. Bit 6: strongly encrypted. Bit 13: the directory is masked.
        guard flags & 0x2041 == 0 else { throw .unsupported("it is encrypted") }
        guard method == ZIPEntry.stored || method == ZIPEntry.deflated else {
            throw .unsupported("the entry '\(path)' is compressed in a way other than deflate")
        }
        guard headerOffset + ZIPContent.headerSize + packedSize <= directoryOffset else {
            throw .malformed("the entry '\(path)' is not within the archive")
        }
        return ZIPEntry(
            path: path, isFolder: isFolder, rawName: name, method: method, checksum: checksum, packedSize: packedSize,
            size: size, headerOffset: headerOffset)
    }

    /// Archives made on Unix carry the mode of each file.
    private static func checkKind(_ path: String, madeBy: Int, attributes: Int, isFolder: Bool) throws(ArchiveError) {
        guard madeBy >> 8 == 3 || madeBy >> 8 == 19 else { return }
        let kind = attributes >> 16 & 0xf000
        guard kind == 0 || kind == (isFolder ? 0x4000 : 0x8000) else { throw .notAFile(path) }
    }
}
