extension ZIPArchive {
    /// An archive of `files` (APPNOTE.TXT 6.3), deflated where that makes them smaller. The same files give the same bytes: all carry the first
    /// time that the format knows.
    ///
    /// - Precondition: fewer than 65,535 files, and less than 4 GiB of everything.
    public static func archive(of files: [File]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let entry = PackedEntry(file, offset: archive.count)
            directory += [0x50, 0x4b, 0x01, 0x02] + little(versionMadeBy, 2) + entry.description + little(0, 6)
            // The mode of a plain file that everybody can read.
            directory += little(0o100644 << 16, 4) + little(entry.offset, 4) + entry.name
            archive += [0x50, 0x4b, 0x03, 0x04] + entry.description + entry.name + entry.packed
        }
        let start = archive.count
        archive += directory
        archive += [0x50, 0x4b, 0x05, 0x06] + little(0, 4) + little(files.count, 2) + little(files.count, 2)
        return archive + little(directory.count, 4) + little(start, 4) + little(0, 2)
    }

    /// Unix, version 2.0.
    private static let versionMadeBy = 3 << 8 | 20

    fileprivate static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}

/// A file as it lies in an archive.
private struct PackedEntry {
    let name: [UInt8]
    let offset: Int
    let packed: [UInt8]
    /// The fields that header and directory have in common: from the version to the length of the extra field.
    let description: [UInt8]

    init(_ file: ZIPArchive.File, offset: Int) {
        name = Array(file.path.utf8)
        self.offset = offset
        let deflated = Deflation.deflate(file.bytes)
        packed = deflated ?? file.bytes
        let method = deflated == nil ? ZIPEntry.stored : ZIPEntry.deflated
        func little(_ number: Int, _ count: Int) -> [UInt8] { ZIPArchive.little(number, count) }
        // Bit 11: the name is UTF-8. Time and date: midnight of 1 January 1980.
        description =
            little(20, 2) + little(1 << 11, 2) + little(method, 2) + little(0, 2) + little(0x21, 2)
            + little(Int(Inflation.checksum(file.bytes)), 4) + little(packed.count, 4) + little(file.bytes.count, 4)
            + little(name.count, 2) + little(0, 2)
    }
}
