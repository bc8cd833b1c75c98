/// Bounds of JSON texts, checked in one pass over the bytes, without building the value.
struct JSONBounds: Sendable {
    /// Members of one object.
    var properties: Int
    /// Bytes of a text between its quotes.
    var stringLength: Int
    /// Elements of one array.
    var elements: Int
    /// Bytes of a member's name.
    var keyLength: Int
    var depth: Int

    /// What is wrong first, or `nil`.
    func violation(in bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { buffer in
            var scan = JSONBoundsScan(bytes: buffer, bounds: self)
            do throws(JSONBoundsScan.Violation) { try scan.document() } catch { return error.reason }
            return nil
        }
    }
}

/// The pass: a pushdown automaton whose stack is as deep as the bounds allow.
struct JSONBoundsScan {
    struct Violation: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }

        static let malformed = Violation("Malformed JSON")
    }

    private struct Container {
        let isObject: Bool
        var count = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private let bounds: JSONBounds
    private var position = 0
    private var open: [Container] = []

    init(bytes: UnsafeRawBufferPointer, bounds: JSONBounds) {
        self.bytes = bytes
        self.bounds = bounds
    }

    mutating func document() throws(Violation) {
        repeat {
            try value()
            try closeFinished()
        } while !open.isEmpty
        skipBlanks()
        guard position == bytes.count else { throw .malformed }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// One value, or the beginning of a container that is not empty, or the name before either.
    private mutating func value() throws(Violation) {
        if let last = open.indices.last { try countMember(last) }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): try enter(isObject: true)
        case UInt8(ascii: "["): try enter(isObject: false)
        case UInt8(ascii: "\""): try text(limit: bounds.stringLength, "Max String Length Reached")
        case nil: throw .malformed
        default: try word()
        }
    }

    private mutating func countMember(_ last: Int) throws(Violation) {
        open[last].count += 1
        if open[last].isObject {
            guard open[last].count <= bounds.properties else { throw Violation("Max Property Count Reached") }
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw .malformed }
            try text(limit: bounds.keyLength, "Max Key Length Reached")
            guard take(UInt8(ascii: ":")) else { throw .malformed }
        } else {
            guard open[last].count <= bounds.elements else { throw Violation("Max Array Length Reached") }
        }
    }

    private mutating func enter(isObject: Bool) throws(Violation) {
        position += 1
        guard open.count < bounds.depth else { throw Violation("Max Depth Reached") }
        if take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return }
        open.append(Container(isObject: isObject))
        try value()
    }

    /// Leaves the containers that end here; afterwards another member follows, or all are left.
    private mutating func closeFinished() throws(Violation) {
        while let last = open.last {
            if take(UInt8(ascii: ",")) { return }
            guard take(last.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw .malformed }
            open.removeLast()
        }
    }

    private mutating func text(limit: Int, _ reason: String) throws(Violation) {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw .malformed }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw .malformed }
        guard position - start <= limit else { throw Violation(reason) }
        position += 1
    }

    /// A number, `true`, `false` or `null`.
    private mutating func word() throws(Violation) {
        let start = position
        while let byte = next, Self.isWordByte(byte) { position += 1 }
        let word = bytes[start..<position]
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) || word.elementsEqual("null".utf8) { return }
        guard let first = word.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
            Double(String(decoding: word, as: UTF8.self)) != nil
        else { throw .malformed }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }
}
