import GatewayCore
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Fields of HTTP/2 as lines of HTTP/1.1, and back.
enum FieldTexts {
    /// Appends `name: value` and a line end; false, and nothing is appended, if the value holds what would end the line early.
    static func append(_ name: String, _ value: String, to buffer: inout ByteBuffer) -> Bool {
        var (name, value) = (name, value)
        return name.withUTF8 { name in
            value.withUTF8 { append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer($0), to: &buffer) }
        }
    }

    private static func append(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to buffer: inout ByteBuffer
    ) -> Bool {
        guard isLine(name), isLine(value) else { return false }
        let count = name.count + value.count + 4
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            target.copyMemory(from: name)
            target[name.count] = 0x3A
            target[name.count + 1] = 0x20
            UnsafeMutableRawBufferPointer(rebasing: target[(name.count + 2)...]).copyMemory(from: value)
            target[count - 2] = 0x0D
            target[count - 1] = 0x0A
            return count
        }
        return true
    }

    /// Whether a text has no control characters but tabs.
    static func isLine(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isLine(UnsafeRawBufferPointer($0)) }
    }

    private static func isLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var place = 0
        while place + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            // Finds each byte below a space, and each that is a delete character; a few others, too.
            let deletes = word ^ (ones &* 0x7F)
            if ((word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes) & highs != 0 {
                guard bytes[place..<(place + 8)].allSatisfy(isLineByte) else { return false }
            }
            place += 8
        }
        return bytes[place...].allSatisfy(isLineByte)
    }

    private static func isLineByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// Whether a text is a name of a field as HTTP/2 has it (RFC 9113 §8.2.1), and not that of a pseudo-header field.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F, 0x2E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x5E, 0x60, 0x7C, 0x7E: true
                default: false
                }
            }
    }

    /// The number of bytes that a field `content-length` tells; `nil` if it is none.
    static func length(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int(text)
    }

    static func isHopByHop(_ name: String) -> Bool {
        FieldRules.isHopByHop(known(name))
    }

    static func known(_ name: String) -> KnownHeader {
        var name = name
        return name.withUTF8 { bytes in
            bytes.baseAddress.map { KnownHeader.kind(of: UnsafeRawPointer($0), count: bytes.count) } ?? .other
        }
    }

    static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    /// A name as HTTP/2 wants it (RFC 9113 §8.2.1).
    static func lowercased(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { target in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                target.initializeElement(at: index, to: byte &- 0x41 < 26 ? byte | 0x20 : byte)
            }
            return bytes.count
        }
    }
}

extension HPACKHeaders {
    /// Adds a field of a message in HTTP/1.1. What tells one request from another is not worth a place in the table of fields, and
    /// secrets must not be guessed by how well they compress (RFC 7541 §7.1).
    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ known: KnownHeader) {
        let indexing: HPACKIndexing =
            switch known {
            case .activityID: .nonIndexable
            case .authorization, .cookie, .apiKey, .internalKey: .neverIndexed
            default: .indexable
            }
        add(name: FieldTexts.lowercased(name), value: FieldTexts.text(value), indexing: indexing)
    }

    /// The trailers of a body that was read to its end; `nil` for none.
    init?(trailersOf body: BodyReader?) {
        var fields = HPACKHeaders()
        body?.forEachTrailer { fields.add(name: FieldTexts.lowercased($0), value: FieldTexts.text($1)) }
        if fields.isEmpty { return nil }
        self = fields
    }
}

extension HTTP2Frame.FramePayload {
    /// What ends a stream whose body was read to its end: its trailers, or an empty frame of data.
    static func end(of body: BodyReader?) -> HTTP2Frame.FramePayload {
        if let trailers = HPACKHeaders(trailersOf: body) { return .headers(.init(headers: trailers, endStream: true)) }
        return .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true))
    }
}
