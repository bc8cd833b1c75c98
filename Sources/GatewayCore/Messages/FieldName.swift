/// The name of a header field, checked once.
package struct FieldName: Sendable, Hashable {
    package let bytes: [UInt8]
    let known: KnownHeader

    /// `nil` if the text is no token (RFC 9110 §5.1).
    package init?(_ text: String) { self.init(bytes: text.utf8) }

    init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.isEmpty, bytes.allSatisfy(ByteScanning.isToken) else { return nil }
        self.bytes = bytes
        known = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { KnownHeader.recognise($0, count: buffer.count) } ?? .other
        }
    }

    init(_ name: StaticString, _ known: KnownHeader) {
        bytes = Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        self.known = known
    }

    static let authorization = FieldName("Authorization", .authorization)
    package static let accept = FieldName("Accept", .accept)
    package static let acceptEncoding = FieldName("Accept-Encoding", .other)
    package static let contentType = FieldName("Content-Type", .contentType)
    static let contentLength = FieldName("Content-Length", .contentLength)
    package static let contentEncoding = FieldName("Content-Encoding", .other)

    /// A value as it may stand in a field (RFC 9110 §5.5): without white space around it, control characters replaced by blanks.
    static func cleaned(_ value: [UInt8]) -> [UInt8] {
        let clean = value.map { byte in byte < 0x20 && byte != ByteScanning.tab || byte == 0x7F ? ByteScanning.space : byte }
        return clean.withUnsafeBytes { Array(Bytes.trimmed($0)) }
    }
}
