/// Reads TOML 1.0 from its bytes: lines of keys, table headers and values.
struct TOMLParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0
    var depth = 0

    init(_ text: String, limits: JSONLimits) {
        bytes = Array(text.utf8)
        self.limits = limits
    }

    mutating func document() throws(DocumentError) -> TOMLTable {
        let root = TOMLTable(.header)
        var section = root
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while true {
            try skipBlankLines()
            guard position < bytes.count else { return root }
            if take("[") {
                section = try header(root)
            } else {
                try keyAndValue(into: section)
            }
            try endOfLine()
        }
    }

    /// `name]` or `[name]]` after the first bracket.
    private mutating func header(_ root: TOMLTable) throws(DocumentError) -> TOMLTable {
        let isElement = take("[")
        skipBlanks()
        var path = try key()
        guard take("]"), !isElement || take("]") else { throw failure("expected '\(isElement ? "]]" : "]")', found \(found)") }
        let name = path.removeLast()
        var table = root
        for step in path { table = try descend(step, table) }
        return isElement ? try appendElement(name, table) : try openTable(name, table)
    }

    /// Into the table `name` of a header's path, which may be made by it; of an array of tables, into the last.
    private func descend(_ name: String, _ table: TOMLTable) throws(DocumentError) -> TOMLTable {
        switch table[name] {
        case nil:
            let next = TOMLTable(.implied)
            table.set(name, .table(next))
            return next
        case .table(let next) where next.origin != .inline: return next
        case .tables(let tables):
            guard let last = tables.last else { throw failure("'\(name)' has no tables") }
            return last
        default: throw failure("'\(name)' is no table that can be extended")
        }
    }

    private func openTable(_ name: String, _ table: TOMLTable) throws(DocumentError) -> TOMLTable {
        switch table[name] {
        case nil:
            let next = TOMLTable(.header)
            table.set(name, .table(next))
            return next
        case .table(let next) where next.origin == .implied:
            next.origin = .header
            return next
        default: throw failure("'\(name)' is defined twice")
        }
    }

    private func appendElement(_ name: String, _ table: TOMLTable) throws(DocumentError) -> TOMLTable {
        let next = TOMLTable(.header)
        switch table[name] {
        case nil: table.set(name, .tables([next]))
        case .tables(let tables): table.set(name, .tables(tables + [next]))
        default: throw failure("'\(name)' is defined twice")
        }
        return next
    }

    mutating func keyAndValue(into section: TOMLTable) throws(DocumentError) {
        var path = try key()
        let name = path.removeLast()
        guard take("=") else { throw failure("expected '=' after the key, found \(found)") }
        var table = section
        for step in path {
            switch table[step] {
            case nil:
                let next = TOMLTable(.dottedKey)
                table.set(step, .table(next))
                table = next
            case .table(let next) where next.origin == .dottedKey || next.origin == .implied: table = next
            default: throw failure("'\(step)' is defined twice")
            }
        }
        guard table[name] == nil else { throw failure("the key '\(name)' is defined twice") }
        skipBlanks()
        table.set(name, .value(try value()))
    }

    /// `a."b c".d` with the blanks around it.
    private mutating func key() throws(DocumentError) -> [String] {
        var path: [String] = []
        repeat {
            skipBlanks()
            path.append(try keyPart())
            skipBlanks()
            guard path.count < limits.depth else { throw failure("a key has more than \(limits.depth) parts") }
        } while take(".")
        return path
    }

    private mutating func keyPart() throws(DocumentError) -> String {
        if take("\"") { return try basicString() }
        if take("'") { return try literalString() }
        let start = position
        while let byte = peek, isBare(byte) { position += 1 }
        guard position > start else { throw failure("expected a key, found \(found)") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension TOMLParser {
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Steps over `text` if it is next.
    mutating func take(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard bytes.count - position >= length, (0..<length).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] }) else {
            return false
        }
        position += length
        return true
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    mutating func skipBlankLines() throws(DocumentError) {
        while true {
            skipBlanks()
            try skipComment()
            guard take("\n") || take("\r\n") else { return }
        }
    }

    private mutating func endOfLine() throws(DocumentError) {
        skipBlanks()
        try skipComment()
        guard position == bytes.count || take("\n") || take("\r\n") else {
            throw failure("expected the end of the line, found \(found)")
        }
    }

    private mutating func skipComment() throws(DocumentError) {
        guard peek == UInt8(ascii: "#") else { return }
        while let byte = peek, byte != 0x0A {
            if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { return }
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
                throw failure("comments must not hold control characters")
            }
            position += 1
        }
    }

    /// What stands at the current position, for a message.
    var found: String {
        guard let byte = peek else { return "the end of the file" }
        return switch byte {
        case 0x0A, 0x0D: "the end of the line"
        case 0x21...0x7E: "'\(Character(UnicodeScalar(byte)))'"
        default: "the byte 0x\(String(byte, radix: 16))"
        }
    }

    func failure(_ message: String) -> DocumentError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(into: 1) { count, byte in if byte == 0x0A { count += 1 } }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return DocumentError(message, line: line, column: position - lineStart + 1)
    }
}
