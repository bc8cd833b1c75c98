extension JSONValue {
    /// Reads a JSON text (RFC 8259) strictly. Of members with the same name the last one counts, unless `limits` forbid them; a byte order mark is skipped.
    public static func parse(_ bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        let result = bytes.withContiguousStorageIfAvailable { buffer in
            JSONParser.run(UnsafeRawBufferPointer(buffer), limits)
        }
        if let result { return try result.get() }
        return try Array(bytes).withUnsafeBytes { JSONParser.run($0, limits) }.get()
    }

    /// Reads a JSON text (RFC 8259) strictly, as `parse(_:limits:)` of its bytes does.
    public static func parse(_ text: String, limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        var text = text
        return try text.withUTF8 { JSONParser.run(UnsafeRawBufferPointer($0), limits) }.get()
    }
}

/// A recursive-descent parser over bytes. Reading is unchecked in release builds, so every read follows a comparison with `end`.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let end: Int
    let limits: JSONLimits
    var position = 0
    private var depth = 0

    /// A result instead of a typed throw, because the standard library's closures over storage only rethrow.
    static func run(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) -> Result<JSONValue, JSONError> {
        var parser = JSONParser(bytes: bytes, limits: limits)
        do throws(JSONError) { return .success(try parser.document()) } catch { return .failure(error) }
    }

    private init(bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        self.bytes = bytes
        self.end = bytes.count
        self.limits = limits
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        guard end <= limits.size else {
            throw failure("the document has \(end) bytes, more than the \(limits.size) that are allowed", .limit)
        }
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard position == end else { throw failure("expected the end of the document, found \(found)") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard position < end else { throw failure("expected a value, found \(found)") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            return .string(try string())
        case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in .object(try parser.object()) }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in .array(try parser.array()) }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw failure("expected a value, found \(found)")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < limits.depth else {
            throw failure("arrays and objects are nested deeper than \(limits.depth) levels", .limit)
        }
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipBlanks()
        return try body(&self)
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        if take(UInt8(ascii: "}")) { return object }
        object.reserveCapacity(4)
        while true {
            let start = position
            guard take(UInt8(ascii: "\"")) else { throw failure("expected a member's name in quotes, found \(found)") }
            let name = try string()
            guard limits.allowsRepeatedNames || object[name] == nil else {
                throw failure("the object has '\(name)' already", .repeatedName, at: start)
            }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':' after the name '\(name)', found \(found)") }
            skipBlanks()
            object[name] = try value()
            skipBlanks()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}', found \(found)") }
            skipBlanks()
        }
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']', found \(found)") }
            skipBlanks()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = text.utf8CodeUnitCount
        guard end - position >= length, (0..<length).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] }) else {
            throw failure("expected '\(text)'")
        }
        position += length
        return value
    }

    mutating func skipBlanks() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Steps over `byte` if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}

extension JSONParser {
    /// What stands at the current position, for a message.
    var found: String {
        guard position < end else { return "the end of the document" }
        let byte = bytes[position]
        return (0x21...0x7E).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "the byte 0x\(String(byte, radix: 16))"
    }

    func failure(_ message: String, _ reason: JSONError.Reason = .syntax, at place: Int? = nil) -> JSONError {
        let offset = place ?? position
        let before = bytes.prefix(offset)
        let line = before.reduce(into: 1) { count, byte in if byte == 0x0A { count += 1 } }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(reason: reason, message: message, offset: offset, line: line, column: offset - lineStart + 1)
    }
}
