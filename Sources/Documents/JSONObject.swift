/// The members of a JSON object in order of insertion. Setting an existing name keeps its place; setting `nil` removes it.
public struct JSONObject: Sendable {
    public private(set) var names: [String] = []
    private var values: [String: JSONValue] = [:]

    public init() {}

    /// Later duplicates of a name replace earlier ones.
    public init(_ members: [(String, JSONValue)]) {
        names.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { names.count }
    public var isEmpty: Bool { names.isEmpty }

    public subscript(_ name: String) -> JSONValue? {
        get { values[name] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: name) != nil { names.removeAll { $0 == name } }
                return
            }
            if values.updateValue(newValue, forKey: name) == nil { names.append(name) }
        }
    }
}

extension JSONObject: Sequence {
    /// Members in order.
    public func makeIterator() -> AnyIterator<(name: String, value: JSONValue)> {
        var index = 0
        return AnyIterator {
            while index < names.count {
                let name = names[index]
                index += 1
                if let value = values[name] { return (name, value) }
            }
            return nil
        }
    }
}

/// Two objects are equal when they have the same members; order does not matter (RFC 8259 §4).
extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.values == right.values }
    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
