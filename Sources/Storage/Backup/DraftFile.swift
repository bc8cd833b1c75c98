import Glibc

/// A file that is written piece by piece under another name and appears, complete and on the disk, when it is finished.
///
/// Readable by its owner only. What was not finished is removed.
final class DraftFile {
    private let path: String
    private let draft: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    init(path: String) throws {
        guard !DurableFile.exists(path) else { throw BackupError.fileExists(path: path) }
        self.path = path
        draft = path + ".draft"
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupError.file(path: path, reason: Self.reason) }
        buffer.reserveCapacity(Self.bufferSize)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(draft)
    }

    func append(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Brings everything to the disk and gives the file its name.
    func finish() throws {
        try flush()
        guard fsync(descriptor) == 0 else { throw BackupError.file(path: path, reason: Self.reason) }
        close(descriptor)
        descriptor = -1
        do {
            try DurableFile.rename(draft, to: path)
        } catch {
            unlink(draft)
            throw BackupError.file(path: path, reason: Self.reason)
        }
    }

    private func flush() throws {
        var done = 0
        while done < buffer.count {
            let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BackupError.file(path: path, reason: Self.reason) }
            done += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
