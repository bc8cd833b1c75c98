/// Commands that are sent together; their answers come in the same order.
public struct RedisCommands: Sendable, Equatable {
    /// The commands on the wire.
    private(set) var bytes: [UInt8] = []
    public private(set) var count = 0

    public init() {}

    /// Adds a command of texts, numbers written as texts.
    public mutating func append(_ words: String...) { append(words) }

    public mutating func append(_ words: [String]) {
        count += 1
        appendLine(UInt8(ascii: "*"), words.count)
        for word in words {
            let utf8 = word.utf8
            appendLine(UInt8(ascii: "$"), utf8.count)
            bytes.append(contentsOf: utf8)
            bytes.append(0x0d)
            bytes.append(0x0a)
        }
    }

    private mutating func appendLine(_ type: UInt8, _ number: Int) {
        bytes.append(type)
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(0x0d)
        bytes.append(0x0a)
    }
}
