import Model

/// Takes a `multipart/form-data` body apart (RFC 7578, RFC 2046 §5.1). Every deviation is a 400; there is no recovery.
package struct MultipartParser {
    private let bytes: [UInt8]
    private let delimiter: [UInt8]
    private let partLimit: Int
    private var position = 0

    /// Header lines of one part, together.
    private static let headerLimit = 8 << 10

    /// - Parameter partLimit: how many parts a body may have.
    package init(bytes: [UInt8], boundary: String, partLimit: Int) throws {
        // RFC 2046 §5.1.1: at most 70 characters.
        guard (1...70).contains(boundary.utf8.count) else { throw Self.failure("the boundary must have 1 to 70 characters") }
        self.bytes = bytes
        delimiter = Array("--\(boundary)".utf8)
        self.partLimit = partLimit
    }

    /// The parts in their order.
    package func parts() throws -> [APIRequest.Part] {
        var parser = self
        return try parser.run()
    }

    private mutating func run() throws -> [APIRequest.Part] {
        guard let first = find(delimiter, from: 0), first == 0 || bytes[first - 1] == 10 else {
            throw Self.failure("the boundary does not occur")
        }
        position = first + delimiter.count
        var parts: [APIRequest.Part] = []
        while try !atEnd() {
            guard parts.count < partLimit else { throw Self.failure("more than \(partLimit) parts") }
            let headers = try headers()
            guard let end = find([13, 10] + delimiter, from: position - 2) else {
                throw Self.failure("the last part is not closed")
            }
            let content = end >= position ? Array(bytes[position..<end]) : []
            parts.append(try Self.part(headers, content))
            position = end + 2 + delimiter.count
        }
        return parts
    }

    /// After a delimiter: `--` ends the body, a line break begins the next part.
    private mutating func atEnd() throws -> Bool {
        if bytes[position...].starts(with: [45, 45]) { return true }
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 9 { position += 1 }
        guard bytes[position...].starts(with: [13, 10]) else {
            throw Self.failure("a boundary is not followed by a line break")
        }
        position += 2
        return false
    }

    private mutating func headers() throws -> [String: String] {
        var headers: [String: String] = [:]
        let limit = position + Self.headerLimit
        while true {
            guard let end = find([13, 10], from: position), end <= limit else {
                throw Self.failure("the header of a part does not end")
            }
            let line = bytes[position..<end]
            position = end + 2
            if line.isEmpty { return headers }
            guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":") else {
                throw Self.failure("a header line of a part is malformed")
            }
            headers[text[..<colon].lowercased()] = String(text[text.index(after: colon)...].drop { $0 == " " })
        }
    }

    private static func part(_ headers: [String: String], _ content: [UInt8]) throws -> APIRequest.Part {
        let disposition = MediaType(headers["content-disposition"] ?? "")
        guard disposition.essence == "form-data", let name = disposition.parameter("name"), !name.isEmpty else {
            throw failure("a part has no name")
        }
        guard !name.utf8.contains(0), !(disposition.parameter("filename") ?? "").utf8.contains(0) else {
            throw failure("a name contains the character U+0000")
        }
        return APIRequest.Part(
            name: name, fileName: disposition.parameter("filename"), contentType: headers["content-type"], bytes: content)
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, bytes.count >= needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = max(start, 0)
            while index <= bytes.count - needle.count {
                if bytes[index] == first && bytes[index..<index + needle.count].elementsEqual(needle) { return index }
                index += 1
            }
            return nil
        }
    }

    private static func failure(_ reason: String) -> CatalogueError {
        .badRequest("The multipart body is malformed: \(reason).")
    }
}
