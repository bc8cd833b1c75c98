import Glibc

/// The records of a ``QuotaJournal`` on the disk: for each a length, a checksum, the window's length, the counter's word, and the key.
/// Numbers have their low byte first.
struct JournalFile {
    /// Why the file could not be written.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
    }

    /// Closes with the last copy of the value.
    private final class Descriptor: Sendable {
        let number: Int32

        init(_ number: Int32) { self.number = number }

        deinit { close(number) }
    }

    private let path: String
    private let descriptor: Descriptor
    /// Bytes in the file.
    private(set) var size: Int

    private static let headSize = 8
    private static let numbersSize = 16
    /// Longer keys do not occur; a longer record is a damaged one.
    private static let keyLimit = 1 << 16

    /// All whole records of a file, in order; none when it does not exist.
    static func read(_ path: String) throws -> [QuotaCheckpoint] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return [] }
            throw Failure(path)
        }
        let descriptor = Descriptor(number)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor.number, &chunk, chunk.count)
            guard count >= 0 else { throw Failure(path) }
            if count == 0 { return records(bytes) }
            bytes += chunk[..<count]
        }
    }

    /// A new file with these records in place of the one at `path`.
    static func replacing(_ path: String, with records: [QuotaCheckpoint]) throws -> JournalFile {
        let draft = path + ".draft"
        let number = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw Failure(draft) }
        let file = try JournalFile(path: path, descriptor: Descriptor(number), size: 0).appending(records)
        guard rename(draft, path) == 0 else { throw Failure(path) }
        return file
    }

    /// The file after records were appended and synchronised.
    func appending(_ records: [QuotaCheckpoint]) throws -> JournalFile {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size(of: records))
        for record in records { Self.append(record, to: &bytes) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor.number, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(path) }
            done += count
        }
        guard fdatasync(descriptor.number) == 0 else { throw Failure(path) }
        return JournalFile(path: path, descriptor: descriptor, size: size + bytes.count)
    }

    /// Bytes that records take.
    static func size(of records: [QuotaCheckpoint]) -> Int {
        records.reduce(0) { $0 + headSize + numbersSize + $1.key.utf8.count }
    }

    private static func append(_ record: QuotaCheckpoint, to bytes: inout [UInt8]) {
        var body: [UInt8] = []
        append(UInt64(bitPattern: record.windowMilliseconds), count: 8, to: &body)
        append(record.bits, count: 8, to: &body)
        body += record.key.utf8
        append(UInt64(body.count), count: 4, to: &bytes)
        append(UInt64(checksum(body[...])), count: 4, to: &bytes)
        bytes += body
    }

    private static func records(_ bytes: [UInt8]) -> [QuotaCheckpoint] {
        var records: [QuotaCheckpoint] = []
        var rest = bytes[...]
        while rest.count >= headSize {
            let length = Int(number(rest.prefix(4)))
            let sum = number(rest.dropFirst(4).prefix(4))
            let body = rest.dropFirst(headSize).prefix(length)
            guard length >= numbersSize, length <= keyLimit, body.count == length, sum == UInt64(checksum(body)) else { break }
            records.append(
                QuotaCheckpoint(
                    key: String(decoding: body.dropFirst(numbersSize), as: UTF8.self),
                    windowMilliseconds: Int64(bitPattern: number(body.prefix(8))),
                    bits: number(body.dropFirst(8).prefix(8))))
            rest = rest.dropFirst(headSize + length)
        }
        return records
    }

    private static func append(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(place)))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// FNV-1a with 32 bits.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
