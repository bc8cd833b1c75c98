extension TOMLParser {
    /// The rest of a string after `"`.
    mutating func basicString() throws(DocumentError) -> String {
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0x00..<0x09, 0x0A..<0x20, 0x7F: throw controlCharacter()
            default: content.append(byte)
            }
        }
        throw failure("expected '\"' at the end of the text, found the end of the file")
    }

    /// The rest of a string after `'`.
    mutating func literalString() throws(DocumentError) -> String {
        let start = position
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "'"): return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
            case 0x00..<0x09, 0x0A..<0x20, 0x7F: throw controlCharacter()
            default: continue
            }
        }
        throw failure("expected ''' at the end of the text, found the end of the file")
    }

    /// The rest of a string after `"""` or `'''`. A line break right after the opening quotes does not count.
    mutating func longString(_ quote: UInt8) throws(DocumentError) -> String {
        if !take("\n") { _ = take("\r\n") }
        var content: [UInt8] = []
        while let byte = peek {
            if byte == quote, let quotes = takeClosingQuotes(quote) {
                content.append(contentsOf: repeatElement(quote, count: quotes))
                return String(decoding: content, as: UTF8.self)
            }
            position += 1
            switch byte {
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                if !skipFoldedLine() { try escape(into: &content) }
            case 0x0D where peek != 0x0A: throw controlCharacter()
            case 0x00..<0x09, 0x0B..<0x0D, 0x0E..<0x20, 0x7F: throw controlCharacter()
            default: content.append(byte)
            }
        }
        throw failure("expected three quotes at the end of the text, found the end of the file")
    }

    /// Up to two quotes may stand before the three that end the string; `nil` if it does not end here.
    private mutating func takeClosingQuotes(_ quote: UInt8) -> Int? {
        let count = bytes[position...].prefix(5).prefix { $0 == quote }.count
        guard count >= 3 else { return nil }
        position += count
        return count - 3
    }

    /// A backslash at the end of a line removes the break and the blanks of the next line.
    private mutating func skipFoldedLine() -> Bool {
        var end = position
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 || bytes[end] == 0x0D { end += 1 }
        guard end < bytes.count, bytes[end] == 0x0A else { return false }
        while end < bytes.count, [0x20, 0x09, 0x0D, 0x0A].contains(bytes[end]) { end += 1 }
        position = end
        return true
    }

    private mutating func escape(into content: inout [UInt8]) throws(DocumentError) {
        guard let byte = peek else { throw failure("expected an escape sequence, found the end of the file") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "u"): content.append(contentsOf: try scalar(digits: 4).utf8)
        case UInt8(ascii: "U"): content.append(contentsOf: try scalar(digits: 8).utf8)
        default:
            position -= 1
            throw failure("'\\' must be followed by one of \" \\ b t n f r u U, found \(found)")
        }
    }

    private mutating func scalar(digits: Int) throws(DocumentError) -> String {
        let text = bytes[position...].prefix(digits)
        guard text.count == digits, text.allSatisfy({ $0 < 0x80 && Character(UnicodeScalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: text, as: UTF8.self), radix: 16), let scalar = UnicodeScalar(value),
            value != 0 || limits.allowsNull
        else { throw failure("expected \(digits) hexadecimal digits of a character") }
        position += digits
        return String(Character(scalar))
    }

    private func controlCharacter() -> DocumentError {
        failure("texts must not hold control characters or, in single quotes, line breaks")
    }
}
