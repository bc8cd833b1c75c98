/// A JSON document (RFC 8259) with members in the order in which they were read and numbers as exact text.
///
/// This is the one JSON type of the platform: contracts, request bodies, stored documents and answers are values of it.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    public var isNull: Bool { self == .null }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    /// The value as an integer; `nil` if it is no number, has a fraction, or does not fit 64 bits.
    public var int: Int? { number?.int }
    public var double: Double? { number?.double }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// The strings of an array of strings; other elements are skipped. `nil` if this is no array.
    public var strings: [String]? { array?.compactMap(\.string) }

    /// The member `name` of an object; `nil` for other values and absent members. Setting on a non-object makes it one.
    public subscript(_ name: String) -> JSONValue? {
        get { object?[name] }
        set {
            var object = self.object ?? JSONObject()
            object[name] = newValue
            self = .object(object)
        }
    }

    /// The element `index` of an array, or `nil`.
    public subscript(_ index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }

    public init(_ value: String) { self = .string(value) }
    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: Int) { self = .number(JSONNumber(value)) }
    public init(_ value: Int64) { self = .number(JSONNumber(Int(value))) }
    public init(_ value: Double) { self = .number(JSONNumber(value)) }
    public init(_ values: [String]) { self = .array(values.map(JSONValue.string)) }
    /// The string, or `null`.
    public init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
}
