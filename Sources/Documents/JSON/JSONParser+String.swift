extension JSONParser {
    /// Reads the rest of a string whose opening quote has been read.
    mutating func string() throws(JSONError) -> String {
        let start = position
        let isASCII = skipPlainBytes()
        guard position < end else { throw failure("expected '\"' at the end of the string, found the end of the document") }
        if bytes[position] == UInt8(ascii: "\"") {
            let text = try text(start..<position, isASCII: isASCII)
            position += 1
            return text
        }
        return try stringWithEscapes(from: start)
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<position])
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else { throw notUTF8(start) }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &unescaped)
            default:
                throw failure("control characters in strings must be escaped, found \(found)")
            }
            let plainStart = position
            _ = skipPlainBytes()
            unescaped.append(contentsOf: bytes[plainStart..<position])
        }
        throw failure("expected '\"' at the end of the string, found the end of the document")
    }

    /// Steps over everything that stands for itself; whether all of it was ASCII.
    private mutating func skipPlainBytes() -> Bool {
        var union: UInt8 = 0
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            union |= byte
            position += 1
        }
        return union < 0x80
    }

    /// ASCII takes the way without validation, which is several times as fast for short texts.
    private func text(_ range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
        let slice = UnsafeRawBufferPointer(rebasing: bytes[range])
        if isASCII { return String(decoding: slice, as: UTF8.self) }
        guard let text = String(validating: slice, as: UTF8.self) else { throw notUTF8(range.lowerBound) }
        return text
    }

    private func notUTF8(_ start: Int) -> JSONError { failure("the string is not valid UTF-8", .encoding, at: start) }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
        guard position < end else { throw failure("expected an escape sequence, found the end of the document") }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(bytes[position])
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            unescaped.append(contentsOf: Array(String(try unicodeEscape()).utf8))
            return
        default: throw failure("'\\' must be followed by one of \" \\ / b f n r t u, found \(found)")
        }
        position += 1
    }

    /// RFC 8259 §7: a character outside of the basic plane is written as a pair of surrogates.
    private mutating func unicodeEscape() throws(JSONError) -> UnicodeScalar {
        let start = position - 2
        let first = try hexadecimal()
        if let scalar = UnicodeScalar(first) {
            guard first != 0 || limits.allowsNull else { throw failure("strings must not hold U+0000", .encoding, at: start) }
            return scalar
        }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure("a surrogate stands alone", .encoding, at: start)
        }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = UnicodeScalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw failure("a surrogate stands alone", .encoding, at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < end, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue, bytes[position] < 0x80
            else {
                throw failure("expected four hexadecimal digits after '\\u', found \(found)")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
