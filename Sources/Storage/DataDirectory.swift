import Glibc

/// The directory in which one process keeps its state: database, vault key, generated keys and certificates.
///
/// It is locked as long as the value lives, so that a second process cannot start on it.
public final class DataDirectory: Sendable {
    public let path: String
    private let lock: Int32

    /// Creates the directory, readable by its owner only, when it does not exist, and locks it.
    ///
    /// Throws ``StorageError/directoryInUse(path:)`` or ``StorageError/directoryNotWritable(path:reason:)``.
    public init(path: String) throws {
        try Self.create(path)
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.notWritable(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError.directoryInUse(path: path)
        }
        self.path = path
        lock = descriptor
    }

    deinit { close(lock) }

    /// Path of the SQLite database.
    public var databasePath: String { Self.databasePath(in: path) }

    /// Path of the vault's key, for ``Vault/open(keyFile:store:columns:random:)``.
    public var vaultKeyPath: String { path + "/vault.key" }

    /// Path of the SQLite database of a directory that another process may have locked.
    public static func databasePath(in directory: String) -> String { directory + "/martlet.db" }

    private static func create(_ path: String) throws {
        var ancestor = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            ancestor += "/" + component
            guard mkdir(ancestor, 0o700) == 0 || errno == EEXIST || errno == EROFS else { throw notWritable(path) }
        }
        guard access(path, W_OK | X_OK) == 0 else { throw notWritable(path) }
    }

    private static func notWritable(_ path: String) -> StorageError {
        .directoryNotWritable(path: path, reason: String(cString: strerror(errno)))
    }
}
