import CZlib

/// Builds ZIP archives byte by byte, also such as no honest program makes.
struct TestArchive {
    struct Entry {
        var name: [UInt8]
        var content: [UInt8]
        var isDeflated = true
        /// Replaces what the directory says.
        var size: Int?
        var checksum: UInt32?
        var flags = 0
        var method: Int?
        /// The Unix mode, `0o120777` for a symbolic link.
        var mode = 0o100644
        /// Replaces the name in the entry's own header.
        var headerName: [UInt8]?
        /// Points to the header of the entry before.
        var sharesBytes = false

        init(_ name: String, _ content: String = "") {
            self.init(name, bytes: Array(content.utf8))
        }

        init(_ name: String, bytes: [UInt8]) {
            self.name = Array(name.utf8)
            content = bytes
        }

        func with(_ change: (inout Entry) -> Void) -> Entry {
            var copy = self
            change(&copy)
            return copy
        }
    }

    var entries: [Entry]
    var comment: [UInt8] = []

    init(_ entries: [Entry]) { self.entries = entries }

    var bytes: [UInt8] {
        var body: [UInt8] = []
        var directory: [UInt8] = []
        var last = 0
        for entry in entries {
            let packed = entry.isDeflated ? Self.deflated(entry.content) : entry.content
            let common =
                number(entry.flags, 2) + number(entry.method ?? (entry.isDeflated ? 8 : 0), 2) + number(0, 4)
                + number(Int(entry.checksum ?? Self.checksum(entry.content)), 4) + number(packed.count, 4)
                + number(entry.size ?? entry.content.count, 4)
            if !entry.sharesBytes {
                last = body.count
                let name = entry.headerName ?? entry.name
                body += [0x50, 0x4b, 3, 4] + number(20, 2) + common + number(name.count, 2) + number(0, 2) + name + packed
            }
            directory += [0x50, 0x4b, 1, 2] + number(3 << 8 | 20, 2) + number(20, 2) + common + number(entry.name.count, 2)
            directory += number(0, 2) + number(0, 2) + number(0, 4) + number(entry.mode << 16, 4) + number(last, 4) + entry.name
        }
        return body + directory + [0x50, 0x4b, 5, 6] + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
            + number(directory.count, 4) + number(body.count, 4) + number(comment.count, 2) + comment
    }

    private func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> ($0 * 8) & 0xff) } }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count))) }
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 16)
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                deflate(&stream, Z_FINISH)
            }
        }
        return Array(output.prefix(Int(stream.total_out)))
    }
}
