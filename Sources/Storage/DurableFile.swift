import Glibc

/// Small files that are complete and on the disk, or not there at all; readable by their owner only.
enum DurableFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = try opened(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Writes beside the destination first, so that a crash leaves no half-written file.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let draft = path + ".draft"
        unlink(draft)
        let descriptor = try opened(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else { throw failure(draft) }
        try rename(draft, to: path)
    }

    /// Renames within one directory, durably.
    static func rename(_ path: String, to destination: String) throws {
        guard Glibc.rename(path, destination) == 0 else { throw failure(destination) }
        let slash = destination.lastIndex(of: "/")
        let directory = slash.map { String(destination[...$0]) } ?? "."
        let descriptor = try opened(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(directory) }
    }

    private static func opened(_ path: String, _ flags: Int32) throws -> Int32 {
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    private static func failure(_ path: String) -> StorageError {
        .directoryNotWritable(path: path, reason: String(cString: strerror(errno)))
    }
}
