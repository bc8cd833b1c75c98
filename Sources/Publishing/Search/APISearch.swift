import Model
import Storage

/// Turns a search into a condition on the table `api`.
struct APISearch {
    private(set) var condition: String
    private(set) var arguments: [SQLValue]

    /// What `caller` may see of the tenant's APIs, products or (`nil`) both, and what of it `query` finds. A query for a type decides by
    /// itself.
    init(_ query: SearchQuery, _ kind: APIKind?, for caller: Principal) throws {
        condition = "api.tenant_id = ?"
        arguments = [SQLValue(caller.tenant.id)]
        if kind == .product || (kind == .api && !query.terms.contains { $0.key == "type" }) {
            condition += kind == .product ? " AND api.type = ?" : " AND api.type <> ?"
            arguments.append(SQLValue(APIRecord.productType))
        }
        restrict(to: caller)
        for term in query.terms where !Self.ignored.contains(term.key) {
            condition += " AND ("
            for (index, value) in term.values.enumerated() {
                if index > 0 { condition += " OR " }
                try add(term.key, value, tenant: caller.tenant.id)
            }
            condition += ")"
        }
    }

    /// Keys that select nothing here: order and grouping of lists, and kinds of search that have no APIs.
    private static let ignored: Set<String> = ["sort", "group", "label", "enablestore"]

    private static let columns = [
        "name": "api.name", "display-name": "api.display_name", "provider": "api.provider", "version": "api.version",
        "context": "api.context", "contexttemplate": "api.context_template", "status": "api.lifecycle_state",
        "lcstate": "api.lifecycle_state", "description": "api.description", "type": "api.type", "vendor": "api.gateway_vendor",
    ]

    private mutating func restrict(to caller: Principal) {
        guard !APIAccess.isAdministrator(caller) else { return }
        let roles = caller.roles.sorted()
        let places = roles.isEmpty ? "NULL" : roles.map { _ in "lower(?)" }.joined(separator: ", ")
        condition += """
             AND (api.access_control <> 'RESTRICTED' OR EXISTS (SELECT 1 FROM api_attribute WHERE api_attribute.api_id = api.id
            AND api_attribute.kind = 'access-role' AND lower(api_attribute.value) IN (\(places))))
            """
        arguments += roles.map { SQLValue($0) }
    }

    private mutating func add(_ key: String, _ value: SearchQuery.Value, tenant: Int) throws {
        if let column = Self.columns[key] { return compare(column, value) }
        switch key {
        case "tag", "tags": attribute(.tag, value)
        case "api-category": attribute(.category, value)
        case "endpointconfig": attribute(.endpoint, value)
        case "thirdparty":
            if value.text.lowercased() != "true" { condition += "NOT " }
            attribute(.thirdParty, SearchQuery.Value(text: "true", isExact: true))
        case "content": content(value)
        case "doc": throw CatalogueError.badRequest("query: doc: is searched with GET /search")
        default:
            condition += "EXISTS (SELECT 1 FROM api_attribute WHERE api_attribute.api_id = api.id"
            condition += " AND api_attribute.kind = 'property' AND lower(api_attribute.name) = lower(?) AND "
            arguments.append(SQLValue(key))
            compare("api_attribute.value", value)
            condition += ")"
        }
    }

    private mutating func attribute(_ kind: APIAttributes.Kind, _ value: SearchQuery.Value) {
        condition += "EXISTS (SELECT 1 FROM api_attribute WHERE api_attribute.api_id = api.id AND api_attribute.kind = ? AND "
        arguments.append(SQLValue(kind.rawValue))
        compare("api_attribute.value", value)
        condition += ")"
    }

    private mutating func content(_ value: SearchQuery.Value) {
        let columns = ["api.name", "api.display_name", "api.description", "api.context", "api.provider"]
        for column in columns {
            compare(column, value)
            condition += " OR "
        }
        attribute(.tag, value)
        condition += " OR EXISTS (SELECT 1 FROM api_definition WHERE api_definition.api_id = api.id AND "
        compare("api_definition.definition", SearchQuery.Value(text: value.text, isExact: false))
        condition += ")"
    }

    /// A part of the value without regard to letter case; `*` stands for anything. Quoted: the whole value.
    private mutating func compare(_ column: String, _ value: SearchQuery.Value) {
        guard !value.isExact else {
            condition += "lower(\(column)) = lower(?)"
            arguments.append(SQLValue(value.text))
            return
        }
        condition += "lower(\(column)) LIKE lower(?) ESCAPE '!'"
        arguments.append(SQLValue("%" + Self.pattern(value.text) + "%"))
    }

    private static func pattern(_ text: String) -> String {
        var pattern = ""
        for character in text {
            switch character {
            case "*": pattern += "%"
            case "!", "%", "_": pattern += "!" + String(character)
            default: pattern.append(character)
            }
        }
        return pattern
    }
}
