/// Commands that are sent together; their answers come in the same order.
public struct RedisCommands: Sendable, Equatable {
    /// The commands on the wire.
    private(set) var bytes: [UInt8] = []
    /// The word behind the name of each command, which is its key if it has one.
    private(set) var keys: [String] = []
    /// Where in ``bytes`` each command ends.
    private var ends: [Int] = []

    public var count: Int { keys.count }

    public init() {}

    /// Adds a command of texts, numbers written as texts.
    public mutating func append(_ words: String...) { append(words) }

    public mutating func append(_ words: [String]) {
        keys.append(words.count > 1 ? words[1] : "")
        defer { ends.append(bytes.count) }
        appendLine(UInt8(ascii: "*"), words.count)
        for word in words {
            let utf8 = word.utf8
            appendLine(UInt8(ascii: "$"), utf8.count)
            bytes.append(contentsOf: utf8)
            bytes.append(0x0d)
            bytes.append(0x0a)
        }
    }

    /// Adds one of other commands as it is.
    mutating func append(_ others: RedisCommands, _ index: Int) {
        keys.append(others.keys[index])
        bytes += others.bytes[(index == 0 ? 0 : others.ends[index - 1])..<others.ends[index]]
        ends.append(bytes.count)
    }

    private mutating func appendLine(_ type: UInt8, _ number: Int) {
        bytes.append(type)
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(0x0d)
        bytes.append(0x0a)
    }
}
