import Documents

/// Texts by name, as a list of tables with `name` and `value`; in the environment `name=value,name=value`.
public struct NamedTexts: SettingValue {
    public var pairs: [Pair]

    public struct Pair: Sendable, Equatable {
        public var name: String
        public var value: String
    }

    public init(_ pairs: [Pair] = []) { self.pairs = pairs }

    public static var expectation: String { "a list of tables with name and value" }

    public init?(setting: JSONValue) {
        var pairs: [Pair] = []
        if let tables = setting.array {
            for table in tables {
                guard let name = table["name"]?.string, !name.isEmpty, let value = table["value"]?.string else { return nil }
                pairs.append(Pair(name: name, value: value))
            }
        } else if let text = setting.string {
            for pair in text.split(separator: ",") {
                guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else { return nil }
                pairs.append(Pair(name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...])))
            }
        } else {
            return nil
        }
        self.pairs = pairs
    }

    public var setting: JSONValue {
        .array(pairs.map { ["name": JSONValue($0.name), "value": JSONValue($0.value)] })
    }
}
