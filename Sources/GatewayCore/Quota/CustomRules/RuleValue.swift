/// A value of an expression of a custom rule.
enum RuleValue: Sendable, Equatable {
    /// What the request does not have, or what cannot be computed.
    case missing
    case text([UInt8])
    case integer(Int64)
    case number(Double)
    case truth(Bool)

    /// Missing and anything but true count as false.
    var isTrue: Bool { self == .truth(true) }

    /// The value as text; `nil` if it is missing.
    var text: [UInt8]? {
        switch self {
        case .missing: nil
        case .text(let bytes): bytes
        case .integer(let value): Array(String(value).utf8)
        case .number(let value): Array(String(value).utf8)
        case .truth(let value): Array(value ? "true".utf8 : "false".utf8)
        }
    }

    var asInteger: RuleValue {
        switch self {
        case .integer: return self
        case .number(let value): return Int64(exactly: value.rounded(.towardZero)).map(RuleValue.integer) ?? .missing
        case .text(let bytes): return Int64(String(decoding: bytes, as: UTF8.self)).map(RuleValue.integer) ?? .missing
        case .truth, .missing: return .missing
        }
    }

    var asNumber: RuleValue {
        switch self {
        case .number: return self
        case .integer(let value): return .number(Double(value))
        case .text(let bytes):
            guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return .missing }
            return .number(value)
        case .truth, .missing: return .missing
        }
    }

    var asTruth: RuleValue {
        switch self {
        case .truth: return self
        case .text(let bytes): return .truth(Bytes.lowercased(bytes) == Array("true".utf8))
        default: return .missing
        }
    }

    /// The order of two values; `nil` if they cannot be compared. A number in a text is compared as number with numbers.
    func compared(with other: RuleValue) -> RuleOrder? {
        switch (self, other) {
        case (.missing, _), (_, .missing): return nil
        case (.text(let left), .text(let right)):
            return left == right ? .same : left.lexicographicallyPrecedes(right) ? .before : .after
        case (.truth(let left), .truth(let right)): return left == right ? .same : .after
        case (.integer(let left), .integer(let right)): return left == right ? .same : left < right ? .before : .after
        case (.truth, _), (_, .truth): return nil
        default:
            guard case .number(let left) = asNumber, case .number(let right) = other.asNumber else { return nil }
            return left == right ? .same : left < right ? .before : .after
        }
    }
}

/// How two values lie to each other.
enum RuleOrder { case before, same, after }

extension Bytes {
    /// The bytes with ASCII letters in lower case.
    static func lowercased(_ bytes: [UInt8]) -> [UInt8] { bytes.map { lowercased($0) } }
}
