import Glibc

/// Reads a file line by line, of which only the current one is in memory.
final class LineReader {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// The line read last, counted from 1.
    private(set) var number = 0

    /// Longer lines are no backup's: the largest values of the platform are some megabytes.
    private static let lineLimit = 256 << 20
    private static let chunkSize = 1 << 18

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackupError.file(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// The next line with its line feed; `nil` at the end. A last line without line feed counts as cut off.
    func next() throws -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[position...end]
                position = end + 1
                number += 1
                return line
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                throw BackupError.incomplete
            }
            guard buffer.count - position < Self.lineLimit else {
                throw BackupError.damaged(line: number + 1, reason: "it is too long")
            }
            searched = try fill()
        }
    }

    /// Reads on behind the unfinished line, which moves to the front; returns where the new bytes begin.
    private func fill() throws -> Int {
        buffer.removeFirst(position)
        position = 0
        let start = buffer.count
        buffer += [UInt8](repeating: 0, count: Self.chunkSize)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + start }, Self.chunkSize) }
        guard count >= 0 else { throw BackupError.file(path: path, reason: String(cString: strerror(errno))) }
        buffer.removeLast(Self.chunkSize - count)
        isAtEnd = count == 0
        return start
    }
}
