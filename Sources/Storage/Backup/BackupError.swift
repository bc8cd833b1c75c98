/// Why a backup could not be written or restored: one sentence for the person at the terminal.
public enum BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database is empty.
    case nothingToBackUp
    /// A file of that name is there already; backups never overwrite.
    case fileExists(path: String)
    /// The operating system refused the file.
    case file(path: String, reason: String)
    /// The file does not begin like a backup, or is one of a later format.
    case notABackup(path: String)
    /// The end, with the integrity sum, is missing.
    case incomplete
    /// A line is not what a backup holds there.
    case damaged(line: Int, reason: String)
    /// The content is not the one that was written.
    case wrongSum
    /// The destination holds an installation.
    case notEmpty
    /// The backup's secrets are sealed, and the destination has no key for them.
    case vaultKeyMissing(fingerprint: String)
    /// The destination's key is not the one that the backup's secrets are sealed with.
    case otherVaultKey(fingerprint: String)
    /// A table refers to itself through others, so that its rows cannot be written in any order.
    case circularReference(table: String)

    public var description: String {
        switch self {
        case .nothingToBackUp: "There is no installation to back up: the database is empty."
        case .fileExists(let path): "The file \(path) exists already; a backup overwrites nothing."
        case .file(let path, let reason): "The file \(path) cannot be used: \(reason)."
        case .notABackup(let path): "The file \(path) is no backup that this version of martlet can read."
        case .incomplete: "The backup is incomplete: its end is missing. Nothing was restored."
        case .damaged(let line, let reason): "The backup is damaged in line \(line): \(reason). Nothing was restored."
        case .wrongSum: "The backup is damaged: its content does not have the sum at its end. Nothing was restored."
        case .notEmpty: "The destination already holds an installation. Restore into an empty directory or database."
        case .vaultKeyMissing(let fingerprint):
            "The backup's secrets are sealed with the vault key \(fingerprint). Put that vault.key into the data directory, or its text under encryption.key, and restore again."
        case .otherVaultKey(let fingerprint):
            "The vault key here is not the one that the backup's secrets are sealed with (\(fingerprint)). Put the right one in its place and restore again."
        case .circularReference(let table): "The table \(table) refers to itself; such a schema cannot be restored."
        }
    }
}
