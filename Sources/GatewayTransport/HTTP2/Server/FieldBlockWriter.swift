import GatewayCore

/// Writes header fields as a block of HPACK (RFC 7541). Names come from the static table where they are in it; nothing goes into the table
/// that both sides would have to keep, so that a block depends on no other, and costs little to write.
struct FieldBlockWriter {
    private(set) var end: UnsafeMutableRawPointer

    /// - Parameter start: room for the sum of ``room(forBytes:fields:)``.
    init(at start: UnsafeMutableRawPointer) { end = start }

    /// The most bytes that fields with names and values of so many bytes can take, with a status.
    static func room(forBytes bytes: Int, fields: Int) -> Int { bytes + fields * 12 + 16 }

    /// Tells the peer that the table of fields stays empty, which it has to hear after it has set a limit (RFC 7541 §4.2).
    mutating func writeTableSize() { put(0x20) }

    mutating func write(status: Int32) {
        let known: UInt8? =
            switch status {
            case 200: 8
            case 204: 9
            case 206: 10
            case 304: 11
            case 400: 12
            case 404: 13
            case 500: 14
            default: nil
            }
        if let known { return put(0x80 | known) }
        put(0x08)
        put(3)
        for digit in [status / 100, status / 10 % 10, status % 10] { put(UInt8(truncatingIfNeeded: 0x30 + digit)) }
    }

    mutating func write(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ known: KnownHeader) {
        // What must not be guessed by how well it compresses is marked for those that hand it on (RFC 7541 §7.1.3).
        let form: UInt8 = known == .cookie || known == .authorization ? 0x10 : 0
        let index = StaticFieldNames.index(of: name)
        if index == 0 {
            put(form)
            put(length: name.count)
            for byte in name { put(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
        } else if index < 15 {
            put(form | index)
        } else {
            put(form | 15)
            put(index - 15)
        }
        put(length: value.count)
        if let start = value.baseAddress { end.copyMemory(from: start, byteCount: value.count) }
        end += value.count
    }

    /// Appends fields that are written already.
    mutating func write(block: [UInt8]) {
        block.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { end.copyMemory(from: start, byteCount: bytes.count) }
        }
        end += block.count
    }

    /// The length of a text that is not compressed, an integer with a prefix of seven bits (RFC 7541 §5.1).
    private mutating func put(length: Int) {
        guard length >= 127 else { return put(UInt8(truncatingIfNeeded: length)) }
        put(127)
        var rest = length - 127
        while rest >= 128 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        end.storeBytes(of: byte, as: UInt8.self)
        end += 1
    }
}

/// Where names of answers' fields lie in the static table (RFC 7541 appendix A).
enum StaticFieldNames {
    private static let places: [(StaticString, UInt8)] = [
        ("accept-ranges", 18), ("access-control-allow-origin", 20), ("age", 21), ("allow", 22), ("cache-control", 24),
        ("content-disposition", 25), ("content-encoding", 26), ("content-language", 27), ("content-length", 28),
        ("content-location", 29), ("content-range", 30), ("content-type", 31), ("date", 33), ("etag", 34), ("expires", 36),
        ("last-modified", 44), ("link", 45), ("location", 46), ("retry-after", 53), ("server", 54), ("set-cookie", 55),
        ("strict-transport-security", 56), ("vary", 59), ("via", 60), ("www-authenticate", 61),
    ]

    /// By the names' lengths.
    private static let byLength: [[(StaticString, UInt8)]] = (0..<32).map { length in
        places.filter { $0.0.utf8CodeUnitCount == length }
    }

    /// The place of a name in letters of any case; 0 for none.
    static func index(of name: UnsafeRawBufferPointer) -> UInt8 {
        guard name.count < byLength.count else { return 0 }
        for (known, index) in byLength[name.count] where isEqual(name, known) { return index }
        return 0
    }

    private static func isEqual(_ name: UnsafeRawBufferPointer, _ known: StaticString) -> Bool {
        for place in 0..<name.count where name[place] | 0x20 != known.utf8Start[place] {
            // The only signs in these names are hyphens, which have that bit already.
            return false
        }
        return true
    }
}
