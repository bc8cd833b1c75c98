/// A message's head: spans into the buffer at `base`.
package protocol MessageHead {
    var base: UnsafeRawPointer { get set }
    var fields: HeaderFields { get set }
    /// Bytes of the head, from `base` on.
    var byteCount: Int { get }
}

extension RequestHead: MessageHead {}
extension ResponseHead: MessageHead {}

/// A head in memory of its own, so that stages can change it. Spans of the original stay right, as the draft begins with its bytes.
/// Confined to its loop.
package final class MessageDraft<Head: MessageHead> {
    private let buffer: OutputBuffer
    private let table: FieldTable
    var head: Head

    init(copying original: Head) {
        buffer = OutputBuffer(capacity: original.byteCount + 512)
        buffer.append(UnsafeRawBufferPointer(start: original.base, count: original.byteCount))
        table = FieldTable(copying: original.fields)
        head = original
        head.base = buffer.start
        head.fields = table.fields
    }

    /// Puts bytes into the draft's memory; the head can then refer to them.
    func append(_ bytes: [UInt8]) -> ByteSpan {
        let start = buffer.count
        buffer.append(bytes)
        head.base = buffer.start
        return ByteSpan(start: start, count: buffer.count - start)
    }

    func bytes(_ span: ByteSpan) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: head.base + Int(span.start), count: Int(span.count))
    }

    // MARK: Fields

    private func isField(_ index: Int, _ name: FieldName) -> Bool {
        let field = head.fields[index]
        return field.known != .removed && ByteScanning.equalTokens(bytes(field.name), name)
    }

    private func firstIndex(of name: FieldName) -> Int? { head.fields.indices.first { isField($0, name) } }

    /// The value of the first field of this name; nil if there is none.
    package func value(of name: FieldName) -> [UInt8]? { firstIndex(of: name).map { Array(bytes(head.fields[$0].value)) } }

    /// The values of all fields of this name, in order.
    package func values(of name: FieldName) -> [[UInt8]] {
        head.fields.indices.filter { isField($0, name) }.map { Array(bytes(head.fields[$0].value)) }
    }

    /// All fields, in order; names as they were written.
    package var fields: [(name: [UInt8], value: [UInt8])] {
        head.fields.filter { $0.known != .removed }.map { (Array(bytes($0.name)), Array(bytes($0.value))) }
    }

    /// Makes the message have exactly one field of this name.
    package func set(_ name: FieldName, to value: [UInt8]) {
        guard let first = firstIndex(of: name) else { return add(name, value) }
        for index in head.fields.indices.dropFirst(first + 1) where isField(index, name) { head.fields[index].known = .removed }
        head.fields[first].value = append(FieldName.cleaned(value))
    }

    /// Adds a field, beside those of the same name.
    package func add(_ name: FieldName, _ value: [UInt8]) {
        let nameSpan = append(name.bytes)
        head.fields.append(HeaderField(name: nameSpan, value: append(FieldName.cleaned(value)), known: name.known))
    }

    package func remove(_ name: FieldName) {
        for index in head.fields.indices where isField(index, name) { head.fields[index].known = .removed }
    }

    /// Adds complete lines (`name: value\r\n`), all of them or only those whose names do not occur.
    func add(lines: [UInt8], unlessPresent: Bool = false) {
        for line in lines.split(separator: ByteScanning.lineFeed) {
            guard let colon = line.firstIndex(of: ByteScanning.colon), let name = FieldName(bytes: line[..<colon]) else {
                continue
            }
            // Cookies stand beside each other.
            if unlessPresent, !name.isSame(as: .setCookie), firstIndex(of: name) != nil { continue }
            add(name, Array(line[(colon + 1)...]))
        }
    }
}

extension ByteScanning {
    static func equalTokens(_ left: UnsafeRawBufferPointer, _ right: FieldName) -> Bool {
        right.bytes.withUnsafeBytes { equalTokens(left, $0) }
    }
}
