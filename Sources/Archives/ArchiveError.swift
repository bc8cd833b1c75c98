/// Why an archive was refused; the description is a sentence for whoever sent it.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes are no ZIP archive, or a damaged one; says where it breaks the format.
    case malformed(String)
    /// A part of the format that is not read, for instance encryption.
    case unsupported(String)
    /// One of the ``ArchiveLimits``.
    case tooLarge(String)
    /// A path that leads out of the archive or that no file system takes.
    case unsafePath(String)
    /// A symbolic link or another entry that is neither file nor folder.
    case notAFile(String)
    /// An archive within the archive.
    case nested(String)

    public var description: String {
        switch self {
        case .malformed(let reason): "The archive is damaged: \(reason)."
        case .unsupported(let reason): "The archive cannot be read: \(reason)."
        case .tooLarge(let reason): "The archive is too large: \(reason)."
        case .unsafePath(let path): "The archive has an entry with the unsafe path '\(Self.shown(path))'."
        case .notAFile(let path): "The entry '\(Self.shown(path))' of the archive is neither a file nor a folder."
        case .nested(let path): "The entry '\(Self.shown(path))' is an archive itself; archives within archives are not read."
        }
    }

    /// Enough of a path to recognise it, without characters that would garble a log or a terminal.
    private static func shown(_ path: String) -> String {
        String(path.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
    }
}
