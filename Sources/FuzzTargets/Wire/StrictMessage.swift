/// A message as the strictest reader of RFC 9112 would read it, written apart from the gateway's parsers so that it does not share their
/// mistakes.
struct StrictMessage {
    enum Kind {
        case request
        /// - Parameter toHead: whether it answers a `HEAD`.
        case answer(toHead: Bool)
    }

    /// The parts of the first line.
    private(set) var start: [[UInt8]] = []
    /// Names in lower case.
    private(set) var fields: [(name: String, value: [UInt8])] = []
    /// How many bytes the message has.
    private(set) var count = 0
    /// Whether the body ends with the connection.
    private(set) var isUntilClose = false

    /// Reads the message at the start of `bytes`; `nil` if there is only a part of it.
    ///
    /// - Throws: ``FuzzFinding`` if two readers could disagree on it.
    init?(_ kind: Kind, _ bytes: [UInt8]) throws(FuzzFinding) {
        guard let head = try Self.lines(bytes) else { return nil }
        count = head.end
        guard let first = head.lines.first else { throw FuzzFinding("a head without a first line") }
        start = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
        try checkStart(kind)
        for line in head.lines.dropFirst() { fields.append(try Self.field(line)) }
        guard let end = try bodyEnd(kind, bytes) else { return nil }
        count = end
    }

    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    var status: Int { start.count > 1 ? Int(String(decoding: start[1], as: UTF8.self)) ?? 0 : 0 }

    // MARK: Head

    /// The lines up to the empty one, and where that ends.
    private static func lines(_ bytes: [UInt8]) throws(FuzzFinding) -> (lines: [[UInt8]], end: Int)? {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0x0D:
                guard index + 1 < bytes.count else { return nil }
                try FuzzFinding.require(bytes[index + 1] == 0x0A, "a carriage return within a line")
                index += 2
                if line.isEmpty { return (lines, index) }
                lines.append(line)
                line = []
            case 0x0A: throw FuzzFinding("a line feed without carriage return")
            case let byte:
                try FuzzFinding.require(byte >= 0x20 && byte != 0x7F || byte == 0x09, "a control character in a head")
                line.append(byte)
                index += 1
            }
        }
        return nil
    }

    private func checkStart(_ kind: Kind) throws(FuzzFinding) {
        switch kind {
        case .request:
            try FuzzFinding.require(start.count == 3 && start[2].elementsEqual("HTTP/1.1".utf8), "a malformed request line")
            try FuzzFinding.require(!start[0].isEmpty && start[0].allSatisfy(Self.isToken), "a method that is no token")
            try FuzzFinding.require(start[1].allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x23 }, "a malformed target")
        case .answer:
            try FuzzFinding.require(start.count >= 2 && start[0].elementsEqual("HTTP/1.1".utf8), "a malformed status line")
            try FuzzFinding.require(start[1].count == 3 && 100...599 ~= status, "a malformed status")
        }
    }

    private static func field(_ line: [UInt8]) throws(FuzzFinding) -> (name: String, value: [UInt8]) {
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(isToken) else {
            throw FuzzFinding("a malformed field line")
        }
        let blanks: [UInt8] = [0x20, 0x09]
        let value = line[(colon + 1)...].drop { blanks.contains($0) }
        let end = value.lastIndex { !blanks.contains($0) }.map { $0 + 1 } ?? value.startIndex
        return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), Array(value[..<end]))
    }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    // MARK: Body

    /// Where the body ends (RFC 9112 §6.3); `nil` if more of it is to come.
    private mutating func bodyEnd(_ kind: Kind, _ bytes: [UInt8]) throws(FuzzFinding) -> Int? {
        let lengths = values("content-length")
        let codings = values("transfer-encoding")
        try FuzzFinding.require(lengths.count + codings.count <= 1, "a body that is framed twice")
        if case .answer(let toHead) = kind, toHead || status < 200 || status == 204 || status == 304 { return count }
        if let coding = codings.first {
            try FuzzFinding.require(String(decoding: coding, as: UTF8.self).lowercased() == "chunked", "an unknown coding")
            return try Self.chunksEnd(bytes, from: count)
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.allSatisfy({ 0x30...0x39 ~= $0 }),
                let number = Int(String(decoding: length, as: UTF8.self))
            else { throw FuzzFinding("a malformed length") }
            return number <= bytes.count - count ? count + number : nil
        }
        if case .request = kind { return count }
        isUntilClose = true
        return bytes.count
    }

    /// Where a chunked body ends that begins at `start` (RFC 9112 §7.1).
    private static func chunksEnd(_ bytes: [UInt8], from start: Int) throws(FuzzFinding) -> Int? {
        var index = start
        while true {
            guard let line = try line(bytes, from: index) else { return nil }
            index = line.end
            let digits = line.text.prefix { Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }
            let rest = line.text.dropFirst(digits.count)
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
                rest.isEmpty || [0x3B, 0x20, 0x09].contains(rest[rest.startIndex])
            else { throw FuzzFinding("a malformed chunk size") }
            if size == 0 { break }
            guard size <= bytes.count - index - 2 else { return nil }
            try FuzzFinding.require(bytes[index + size] == 0x0D && bytes[index + size + 1] == 0x0A, "a chunk without end")
            index += size + 2
        }
        while let line = try line(bytes, from: index) {
            index = line.end
            if line.text.isEmpty { return index }
            try FuzzFinding.require(isToken(line.text[0]), "a trailer that begins like no field")
        }
        return nil
    }

    private static func line(_ bytes: [UInt8], from start: Int) throws(FuzzFinding) -> (text: [UInt8], end: Int)? {
        var index = start
        while index < bytes.count, bytes[index] != 0x0D, bytes[index] != 0x0A { index += 1 }
        guard index + 1 < bytes.count else { return nil }
        try FuzzFinding.require(
            bytes[index] == 0x0D && bytes[index + 1] == 0x0A, "a line within a body that does not end in CR LF")
        return (Array(bytes[start..<index]), index + 2)
    }
}
