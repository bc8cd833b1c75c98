#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open log file with its rotation. Used by one thread at a time.
struct LogFile: ~Copyable {
    private let path: String
    private let rotation: LogRotation
    private var descriptor: Int32 = -1
    private var size = 0

    init(path: String, rotation: LogRotation) {
        self.path = path
        self.rotation = rotation
    }

    deinit { if descriptor >= 0 { _ = Self.closeDescriptor(descriptor) } }

    /// Writes the block and answers how many bytes reached the file.
    mutating func append(_ block: [UInt8]) -> Int {
        if descriptor >= 0, size > 0, size + block.count > rotation.bytes { rotate() }
        guard open() else { return 0 }
        let written = block.withUnsafeBytes { Self.writeAll(descriptor, $0) }
        size += written
        // Perhaps the disk is full, perhaps the file was taken away: the next block tries afresh.
        if written < block.count { close() }
        return written
    }

    mutating func close() {
        guard descriptor >= 0 else { return }
        _ = Self.closeDescriptor(descriptor)
        descriptor = -1
    }

    private mutating func open() -> Bool {
        guard descriptor < 0 else { return true }
        descriptor = Self.openDescriptor(path)
        guard descriptor >= 0 else { return false }
        size = Int(max(0, lseek(descriptor, 0, SEEK_END)))
        return true
    }

    private mutating func rotate() {
        close()
        guard rotation.files > 0 else {
            unlink(path)
            return
        }
        for number in stride(from: rotation.files - 1, through: 1, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        rename(path, "\(path).1")
    }

    // The names of the C functions are those of the methods above.
    private static func openDescriptor(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #elseif canImport(Musl)
            Musl.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #else
            Darwin.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        #endif
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, base + done, bytes.count - done)
            if count > 0 { done += count } else if count < 0, errno == EINTR { continue } else { break }
        }
        return done
    }
}
