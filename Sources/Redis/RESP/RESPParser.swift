/// Takes answers out of the bytes of a server as they arrive.
///
/// Pushed messages (`>`) and attributes (`|`) that nobody asked for are skipped.
struct RESPParser {
    /// A longer text or line is no answer to anything that we ask.
    static let longestText = 16 << 20
    static let longestLine = 64 << 10
    static let mostElements = 1 << 20
    static let deepest = 16

    private var buffer: [UInt8] = []
    /// Where the next answer begins.
    private var start = 0

    /// Adds received bytes.
    mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next answer; `nil` while it is incomplete.
    mutating func next() throws(RESPFault) -> RESPValue? {
        while start < buffer.count {
            var cursor = Cursor(buffer: buffer, index: start)
            let isUnasked = buffer[start] == UInt8(ascii: ">") || buffer[start] == UInt8(ascii: "|")
            guard let value = try cursor.value(depth: 0) else { return nil }
            start = cursor.index
            if start > 64 << 10 {
                buffer.removeFirst(start)
                start = 0
            }
            if !isUnasked { return value }
        }
        return nil
    }

    /// A reading position. Every function returns `nil` when bytes are missing.
    private struct Cursor {
        let buffer: [UInt8]
        var index: Int

        mutating func value(depth: Int) throws(RESPFault) -> RESPValue? {
            guard depth <= RESPParser.deepest else { throw RESPFault(reason: "the answer is nested too deeply") }
            guard index < buffer.count else { return nil }
            let type = buffer[index]
            index += 1
            switch type {
            case UInt8(ascii: "+"): return try line().map { .text(Array($0)) }
            case UInt8(ascii: "-"): return try line().map { .error(String(decoding: $0, as: UTF8.self)) }
            case UInt8(ascii: ":"): return try number().map(RESPValue.integer)
            case UInt8(ascii: "("): return try line().map { .text(Array($0)) }
            case UInt8(ascii: ","): return try double()
            case UInt8(ascii: "#"): return try truth()
            case UInt8(ascii: "_"): return try line().map { _ in .null }
            case UInt8(ascii: "$"): return try text().map { $0.map(RESPValue.text) ?? .null }
            case UInt8(ascii: "="): return try text().map { .text(Array(($0 ?? []).dropFirst(4))) }
            case UInt8(ascii: "!"): return try text().map { .error(String(decoding: $0 ?? [], as: UTF8.self)) }
            case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
                return try elements(each: 1, depth).map { $0.map(RESPValue.array) ?? .null }
            case UInt8(ascii: "%"), UInt8(ascii: "|"):
                return try elements(each: 2, depth).map { $0.map(RESPValue.map) ?? .null }
            default: throw RESPFault(reason: "an answer cannot begin with the byte \(type)")
            }
        }

        private mutating func line() throws(RESPFault) -> ArraySlice<UInt8>? {
            guard let end = buffer[index...].firstIndex(of: 0x0d) else {
                guard buffer.count - index <= RESPParser.longestLine else { throw RESPFault(reason: "a line is too long") }
                return nil
            }
            guard end + 1 < buffer.count else { return nil }
            guard buffer[end + 1] == 0x0a else { throw RESPFault(reason: "a line does not end as lines do") }
            defer { index = end + 2 }
            return buffer[index..<end]
        }

        private mutating func number() throws(RESPFault) -> Int64? {
            guard let line = try line() else { return nil }
            guard let value = Int64(String(decoding: line, as: UTF8.self)) else { throw RESPFault(reason: "a number is none") }
            return value
        }

        private mutating func double() throws(RESPFault) -> RESPValue? {
            guard let line = try line() else { return nil }
            guard let value = Double(String(decoding: line, as: UTF8.self)) else { throw RESPFault(reason: "a number is none") }
            return .number(value)
        }

        private mutating func truth() throws(RESPFault) -> RESPValue? {
            guard let line = try line() else { return nil }
            guard line.count == 1, let letter = line.first, letter == UInt8(ascii: "t") || letter == UInt8(ascii: "f") else {
                throw RESPFault(reason: "a truth value is none")
            }
            return .truth(letter == UInt8(ascii: "t"))
        }

        /// A text with its length in front; the inner `nil` is the null of version 2.
        private mutating func text() throws(RESPFault) -> [UInt8]?? {
            guard let length = try number() else { return nil }
            if length == -1 { return .some(nil) }
            guard (0...Int64(RESPParser.longestText)).contains(length) else { throw RESPFault(reason: "a text is too long") }
            let end = index + Int(length)
            guard end + 2 <= buffer.count else { return nil }
            guard buffer[end] == 0x0d, buffer[end + 1] == 0x0a else { throw RESPFault(reason: "a text is longer than it says") }
            defer { index = end + 2 }
            return .some(Array(buffer[index..<end]))
        }

        private mutating func elements(each: Int, _ depth: Int) throws(RESPFault) -> [RESPValue]?? {
            guard let count = try number() else { return nil }
            if count == -1 { return .some(nil) }
            guard (0...Int64(RESPParser.mostElements)).contains(count) else {
                throw RESPFault(reason: "an answer has too many elements")
            }
            var elements: [RESPValue] = []
            for _ in 0..<Int(count) * each {
                guard let element = try value(depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .some(elements)
        }
    }
}
