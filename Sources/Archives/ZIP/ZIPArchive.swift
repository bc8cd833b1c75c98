/// Reads ZIP archives that lie in memory (APPNOTE.TXT 6.3): files that are stored or deflated. Everything is checked before it is unpacked,
/// and nothing is ever written to a file system.
public enum ZIPArchive {
    /// A file of an archive.
    public struct File: Sendable, Hashable {
        /// Path with `/` between its parts, none of which is empty, `.` or `..`.
        public var path: String
        public var bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// Whether `bytes` begin as a ZIP archive does, also an empty one.
    public static func isArchive(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4b, 0x05, 0x06])
    }

    /// All files in the order of the archive's directory; folders have none of their own.
    public static func files(of bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveError) -> [File] {
        guard bytes.count <= limits.size else { throw .tooLarge("it has more than \(limits.size) bytes") }
        let entries = try ZIPDirectory(bytes, limits: limits).entries
        try checkSizes(entries, limits)
        try checkOverlaps(entries)
        var files: [File] = []
        for entry in entries where !entry.isFolder {
            let content = try ZIPContent(bytes, entry).unpacked()
            // By its content, because a name proves nothing.
            if isArchive(content) || Inflation.isGzip(content) { throw .nested(entry.path) }
            files.append(File(path: entry.path, bytes: content))
        }
        return files
    }

    /// By what the directory says; unpacking stops at these sizes, so that they cannot be wrong.
    private static func checkSizes(_ entries: [ZIPEntry], _ limits: ArchiveLimits) throws(ArchiveError) {
        var total = 0
        for entry in entries {
            guard entry.size <= limits.fileSize else {
                throw .tooLarge("'\(entry.path)' has more than \(limits.fileSize) bytes")
            }
            if entry.size > ArchiveLimits.ratioFloor, entry.size / max(entry.packedSize, 1) > limits.ratio {
                throw .tooLarge("'\(entry.path)' becomes more than \(limits.ratio) times larger")
            }
            total += entry.size
            guard total <= limits.totalSize else {
                throw .tooLarge("its files have more than \(limits.totalSize) bytes together")
            }
        }
    }

    /// Entries that share bytes make an archive whose files are larger than all limits on sizes suggest.
    private static func checkOverlaps(_ entries: [ZIPEntry]) throws(ArchiveError) {
        var end = 0
        for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
            guard entry.headerOffset >= end else { throw .malformed("the entry '\(entry.path)' lies within another one") }
            end = entry.headerOffset + ZIPContent.headerSize + entry.packedSize
        }
    }
}
