/// Undoes percent-encoding (RFC 3986 §2.1).
public enum PercentDecoding {
    /// The decoded text; `nil` for a broken escape or bytes that are not UTF-8.
    public static func text(of text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var source = text.utf8.makeIterator()
        while let byte = source.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = source.next(), let low = source.next(), high < 0x80, low < 0x80,
                let upper = Character(UnicodeScalar(high)).hexDigitValue,
                let lower = Character(UnicodeScalar(low)).hexDigitValue
            else { return nil }
            bytes.append(UInt8(upper * 16 + lower))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
