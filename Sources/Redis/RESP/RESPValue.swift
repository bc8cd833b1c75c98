/// A value of the Redis serialisation protocol, versions 2 and 3.
public indirect enum RESPValue: Sendable, Equatable {
    /// Simple strings, verbatim strings and bulk strings alike.
    case text([UInt8])
    case integer(Int64)
    case number(Double)
    case truth(Bool)
    case null
    /// The server's complaint, for instance `WRONGPASS invalid username-password pair`.
    case error(String)
    /// Arrays, sets and pushed messages.
    case array([RESPValue])
    /// Names and values in turn.
    case map([RESPValue])
}

extension RESPValue {
    /// The text as a string; `nil` for other values.
    public var string: String? { if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }

    /// A whole number, also one that is written as a text.
    public var int: Int64? {
        switch self {
        case .integer(let value): value
        case .text(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        default: nil
        }
    }

    /// The elements of an array, and names and values of a map in turn: servers without version 3 answer maps as arrays.
    public var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .map(let elements): elements
        default: nil
        }
    }

    public var errorMessage: String? { if case .error(let message) = self { message } else { nil } }
}
