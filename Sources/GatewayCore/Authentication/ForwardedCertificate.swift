import Tokens

/// Reads the field in which a proxy hands on the certificate of its client. Proxies disagree on the form: PEM in one line, with blanks or
/// nothing for its line ends, with or without its armour, percent-encoded, or Base64 of the PEM text.
enum ForwardedCertificate {
    private static let longest = 16_384

    /// The certificate in DER form; `nil` for what is none. Whether it is a certificate is found out when it is used.
    static func der(_ value: UnsafeRawBufferPointer, isEncoded: Bool) -> [UInt8]? {
        guard !value.isEmpty, value.count <= longest else { return nil }
        let text = isEncoded ? percentDecoded(value) : Array(value)
        guard let bytes = base64Decoded(body(of: text)) else { return nil }
        // A DER certificate begins with a SEQUENCE; what begins otherwise may be a PEM text that was encoded as a whole.
        if bytes.first == 0x30 { return bytes }
        guard isEncoded else { return nil }
        return base64Decoded(body(of: bytes)).flatMap { $0.first == 0x30 ? $0 : nil }
    }

    /// What stands between `-----BEGIN CERTIFICATE-----` and the end; everything if there is no such line.
    private static func body(of text: [UInt8]) -> ArraySlice<UInt8> {
        let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
        guard text.starts(with: begin) else { return text[...] }
        let rest = text[begin.count...]
        return rest[..<(rest.firstIndex(of: 0x2d) ?? rest.endIndex)]
    }

    private static func percentDecoded(_ value: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            if value[index] == 0x25, index + 2 < value.count, let high = Bytes.hexadecimalValue(value[index + 1]),
                let low = Bytes.hexadecimalValue(value[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(value[index])
                index += 1
            }
        }
        return output
    }

    /// RFC 4648 §4 without regard to white space and padding.
    private static func base64Decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count)
        for byte in text {
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d, 0x3d: continue
            case 0x2b: digits.append(0x2d)
            case 0x2f: digits.append(0x5f)
            default: digits.append(byte)
            }
        }
        return digits.isEmpty ? nil : Base64URL.decode(digits)
    }
}
