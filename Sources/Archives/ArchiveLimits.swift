/// What an archive may cost at most before it is refused.
public struct ArchiveLimits: Sendable, Hashable {
    /// Bytes of the archive itself.
    public var size: Int
    /// Files and folders.
    public var entries: Int
    /// Folders within each other.
    public var depth: Int
    /// Bytes of one file when it is unpacked.
    public var fileSize: Int
    /// Bytes of all files together when they are unpacked.
    public var totalSize: Int
    /// How many times larger a file may become; counts for files above ``ratioFloor``, because little text compresses without bound.
    public var ratio: Int

    public init(
        size: Int = 10 << 20, entries: Int = 1_000, depth: Int = 16, fileSize: Int = 10 << 20, totalSize: Int = 32 << 20,
        ratio: Int = 200
    ) {
        self.size = size
        self.entries = entries
        self.depth = depth
        self.fileSize = fileSize
        self.totalSize = totalSize
        self.ratio = ratio
    }

    /// Bytes up to which the ratio of a file does not matter.
    static let ratioFloor = 256 << 10

    /// Bytes of a file's path.
    static let pathLength = 512
}
