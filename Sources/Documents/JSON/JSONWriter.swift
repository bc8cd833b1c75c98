extension JSONValue {
    /// The compact JSON text as UTF-8: members in their order, numbers as they were read, `/` not escaped.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(isPretty: false)
        writer.write(self, level: 0)
        return writer.output
    }

    /// The compact JSON text.
    public var text: String { String(decoding: serialized(), as: UTF8.self) }

    /// The JSON text for people: a member or element a line, two blanks a level.
    public func prettyPrinted() -> String {
        var writer = JSONWriter(isPretty: true)
        writer.write(self, level: 0)
        return String(decoding: writer.output, as: UTF8.self)
    }
}

/// The one writer of JSON on the wire.
struct JSONWriter {
    let isPretty: Bool
    private(set) var output: [UInt8] = []

    init(isPretty: Bool) { self.isPretty = isPretty }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let bool): output.append(contentsOf: (bool ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.text.utf8)
        case .string(let string): write(string)
        case .array(let elements): write(elements, level: level)
        case .object(let object): write(object, level: level)
        }
    }

    private mutating func write(_ elements: [JSONValue], level: Int) {
        output.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            separate(&isFirst, level: level)
            write(element, level: level + 1)
        }
        if !isFirst { breakLine(level) }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject, level: Int) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value) in object {
            separate(&isFirst, level: level)
            write(name)
            output.append(UInt8(ascii: ":"))
            if isPretty { output.append(UInt8(ascii: " ")) }
            write(value, level: level + 1)
        }
        if !isFirst { breakLine(level) }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func separate(_ isFirst: inout Bool, level: Int) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        breakLine(level + 1)
    }

    private mutating func breakLine(_ level: Int) {
        guard isPretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: level * 2))
    }

    private mutating func write(_ string: String) {
        var string = string
        output.append(UInt8(ascii: "\""))
        string.withUTF8 { bytes in
            var plainStart = 0
            for (index, byte) in bytes.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                output.append(contentsOf: bytes[plainStart..<index])
                escape(byte)
                plainStart = index + 1
            }
            output.append(contentsOf: bytes[plainStart...])
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        default: output.append(contentsOf: (byte < 0x10 ? "u000" : "u00").utf8 + Array(String(byte, radix: 16).utf8))
        }
    }
}
