import Model

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
    private let time: TimeSource
    private var size = 0
    /// The day that the file's lines are of, in days since 1970.
    private var day: Int64 = 0

    init(path: String, rotation: LogRotation, time: TimeSource) {
        self.path = path
        self.rotation = rotation
        self.time = time
    }

    deinit { if descriptor >= 0 { _ = Self.closeDescriptor(descriptor) } }

    /// Writes the block, all of it or nothing; answers how many bytes reached the file.
    mutating func append(_ block: [UInt8]) -> Int {
        guard open() else { return 0 }
        if isFull(before: block.count) {
            rotate()
            guard open() else { return 0 }
        }
        day = today
        let written = block.withUnsafeBytes { Self.writeAll(descriptor, $0) }
        guard written == block.count else {
            // Perhaps the disk is full, perhaps the file was taken away: the next block tries afresh, and not behind half a line.
            _ = ftruncate(descriptor, off_t(size))
            close()
            return 0
        }
        size += written
        return written
    }

    private var today: Int64 { time.milliseconds / 86_400_000 }

    private func isFull(before count: Int) -> Bool {
        size > 0 && (size + count > rotation.bytes || rotation.isDaily && day != today)
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
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return true }
        size = Int(facts.st_size)
        day = Int64(facts.st_mtim.tv_sec) / 86_400
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
