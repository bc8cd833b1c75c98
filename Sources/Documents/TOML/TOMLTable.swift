/// A table while a document is read, with what TOML says about who may still add to it.
final class TOMLTable {
    enum Item {
        case value(JSONValue)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    /// How the table came into being.
    enum Origin {
        /// As a part of a longer name, `[a.b]` makes `a`: a header of its own may follow.
        case implied
        case header
        /// By a dotted key, `a.b = 1` makes `a`: only the same section may add to it.
        case dottedKey
        /// `{…}`: complete.
        case inline
    }

    var origin: Origin
    private var names: [String] = []
    private var items: [String: Item] = [:]

    init(_ origin: Origin) { self.origin = origin }

    subscript(_ name: String) -> Item? { items[name] }

    func set(_ name: String, _ item: Item) {
        if items.updateValue(item, forKey: name) == nil { names.append(name) }
    }

    /// The table's members. Its depth is limited by the parser.
    var json: JSONObject {
        JSONObject(
            names.map { name in
                switch items[name] {
                case .value(let value): (name, value)
                case .table(let table): (name, .object(table.json))
                case .tables(let tables): (name, .array(tables.map { .object($0.json) }))
                case nil: (name, .null)
                }
            })
    }
}
