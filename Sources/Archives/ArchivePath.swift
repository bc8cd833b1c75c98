/// The paths of archive entries.
enum ArchivePath {
    /// The path that a name stands for, and whether it is a folder's. Throws for names that lead out of the archive, are absolute, or mean
    /// different things to different systems.
    static func checked(
        _ name: ArraySlice<UInt8>, _ limits: ArchiveLimits
    ) throws(ArchiveError) -> (path: String, isFolder: Bool) {
        guard let text = String(validating: name, as: UTF8.self) else {
            throw .unsafePath(String(decoding: name, as: UTF8.self))
        }
        guard !text.isEmpty, name.count <= ArchiveLimits.pathLength,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f || $0 == "\\" || $0 == ":" })
        else { throw .unsafePath(text) }
        let isFolder = text.hasSuffix("/")
        let path = isFolder ? text.dropLast() : Substring(text)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { throw .unsafePath(text) }
        guard parts.count <= limits.depth else { throw .tooLarge("its folders are nested deeper than \(limits.depth) levels") }
        return (String(path), isFolder)
    }
}
