import Glibc
import Model

/// Why the gateway's memory could not be written; traffic goes on.
struct DiskProblem: Error, CustomStringConvertible {
    var description: String

    init(_ path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
}

/// A file of sealed frames. Each has a check of its own that also covers its place in the file, so a torn, changed, moved or foreign frame is
/// noticed, and everything before it is still good.
enum SealedFile {
    static let magic = Array("MARTLET1".utf8)
    static let identityLength = 16
    static var headLength: Int { magic.count + identityLength }
    /// A frame is its length in four bytes, and then the sealed bytes.
    static let lengthBytes = 4
    static let frameLimit = 512 << 20

    /// What a frame is bound to.
    static func place(_ identity: [UInt8], _ index: UInt64) -> [UInt8] {
        identity + withUnsafeBytes(of: index.bigEndian) { Array($0) }
    }
}

/// Appends frames to a file.
final class SealedFileWriter {
    let path: String
    private let descriptor: Int32
    private let key: SealingKey
    private let random: RandomSource
    private let identity: [UInt8]
    private var index: UInt64
    private(set) var size: Int

    /// Begins a new file, in place of one that may be there.
    init(creating path: String, key: SealingKey, random: RandomSource) throws {
        self.path = path
        self.key = key
        self.random = random
        identity = random.bytes(SealedFile.identityLength)
        index = 0
        size = 0
        unlink(path)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskProblem(path) }
        try write(SealedFile.magic + identity)
    }

    /// Goes on behind the last good frame of a file that was read.
    init(continuing reader: SealedFileReader, key: SealingKey, random: RandomSource) throws {
        path = reader.path
        self.key = key
        self.random = random
        identity = reader.identity
        index = reader.index
        size = reader.goodLength
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw DiskProblem(path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: [UInt8]) throws {
        let sealed = try key.seal(bytes, place: SealedFile.place(identity, index), random: random)
        let length = withUnsafeBytes(of: UInt32(sealed.count).bigEndian) { Array($0) }
        try write(length + sealed)
        index += 1
    }

    /// Returns when everything is on the disk.
    func synchronize() throws {
        guard fdatasync(descriptor) == 0 else { throw DiskProblem(path) }
    }

    private func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                let problem = DiskProblem(path)
                // What was written of the frame would hide the next one.
                _ = ftruncate(descriptor, off_t(size))
                _ = lseek(descriptor, off_t(size), SEEK_SET)
                throw problem
            }
            done += count
        }
        size += bytes.count
    }
}

/// Reads frames one after the other, up to the first that is not good.
final class SealedFileReader {
    let path: String
    private let descriptor: Int32
    private let key: SealingKey
    let identity: [UInt8]
    /// Frames read so far.
    private(set) var index: UInt64 = 0
    /// Bytes up to the end of the last good frame.
    private(set) var goodLength: Int

    /// `nil` if there is no such file or it is none of ours.
    init?(_ path: String, key: SealingKey) {
        self.path = path
        self.key = key
        goodLength = SealedFile.headLength
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.descriptor = descriptor
        guard descriptor >= 0, let head = Self.read(descriptor, SealedFile.headLength),
            head.starts(with: SealedFile.magic)
        else {
            identity = []
            return nil
        }
        identity = Array(head.dropFirst(SealedFile.magic.count))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next frame; `nil` at the end, which is where the file ends or where it is damaged.
    func next() -> [UInt8]? {
        guard let head = Self.read(descriptor, SealedFile.lengthBytes) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard length <= SealedFile.frameLimit, let sealed = Self.read(descriptor, length),
            let bytes = key.open(sealed, place: SealedFile.place(identity, index))
        else { return nil }
        index += 1
        goodLength += SealedFile.lengthBytes + length
        return bytes
    }

    private static func read(_ descriptor: Int32, _ length: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: done), length - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            done += count
        }
        return bytes
    }
}
