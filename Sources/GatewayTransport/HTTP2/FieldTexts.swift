import GatewayCore
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Fields of HTTP/2 as lines of HTTP/1.1, and back.
enum FieldTexts {
    /// Appends `name: value` and a line end; false, and nothing is appended, if the value holds what would end the line early.
    static func append(_ name: String, _ value: String, to buffer: inout ByteBuffer) -> Bool {
        guard isLine(name), isLine(value) else { return false }
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
        return true
    }

    /// Whether a text has no control characters but tabs.
    static func isLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }

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
