import Model
import Storage

/// What consumers search APIs by: `key:value` tokens with blanks between. Different keys all have to match, of a repeated key one.
public struct PublishedAPISearch: Sendable {
    /// One searched value.
    struct Term: Sendable, Hashable {
        var key: String
        /// Without quotes.
        var value: String
        /// Quoted: the whole value has to match, not a part.
        var isExact: Bool
    }

    var terms: [Term]
    /// Whether older versions of a name are listed too.
    var showsAllVersions: Bool
    var limit: Int
    var offset: Int

    /// - Parameter defaultKey: the key of words in front of the first key.
    /// - Parameter showsAllVersions: a search with terms shows them anyway.
    public init(
        _ query: String = "", defaultKey: String = "name", showsAllVersions: Bool = true, limit: Int = 25, offset: Int = 0
    ) {
        terms = Self.terms(query, defaultKey: defaultKey)
        self.showsAllVersions = showsAllVersions || !terms.isEmpty
        self.limit = limit
        self.offset = offset
    }

    /// Words without a key continue the value before them.
    private static func terms(_ query: String, defaultKey: String) -> [Term] {
        var terms: [(key: String, value: String)] = []
        for word in query.split(whereSeparator: \.isWhitespace) {
            if let colon = word.firstIndex(of: ":"), colon != word.startIndex, !word.hasPrefix("\"") {
                terms.append((word[..<colon].lowercased(), String(word[word.index(after: colon)...])))
            } else if let last = terms.indices.last {
                terms[last].value += " " + word
            } else {
                terms.append((defaultKey, String(word)))
            }
        }
        return terms.map { term in
            let isQuoted = term.value.count >= 2 && term.value.hasPrefix("\"") && term.value.hasSuffix("\"")
            let value = isQuoted ? String(term.value.dropFirst().dropLast()) : term.value
            return Term(key: term.key, value: value, isExact: isQuoted)
        }.filter { !$0.value.isEmpty && $0.value != "*" }
    }
}

extension PublishedAPISearch {
    /// A condition on the table `api`.
    struct Condition {
        var sql: String
        var arguments: [SQLValue]
    }

    func condition(tenant: Tenant, viewer: Principal?) -> Condition {
        var parts = [Self.visible(tenant: tenant, viewer: viewer)]
        for key in Set(terms.map(\.key)).sorted() {
            let alternatives = terms.filter { $0.key == key }.map { Self.condition($0, tenant: tenant) }
            parts.append(
                Condition(
                    sql: "(" + alternatives.map(\.sql).joined(separator: " OR ") + ")",
                    arguments: alternatives.flatMap(\.arguments)))
        }
        if !showsAllVersions { parts.append(Self.newestVersion(tenant: tenant, viewer: viewer)) }
        return Condition(sql: parts.map(\.sql).joined(separator: " AND "), arguments: parts.flatMap(\.arguments))
    }

    /// Published, and visible to the viewer by its visibility and roles.
    private static func visible(tenant: Tenant, viewer: Principal?) -> Condition {
        let states = PublishedAPI.visibleStates.map { "'\($0)'" }.joined(separator: ", ")
        let base = "tenant_id = ? AND lifecycle_state IN (\(states))"
        guard let viewer, viewer.tenant.id == tenant.id else {
            return Condition(sql: "\(base) AND visibility = 'PUBLIC'", arguments: [.tenant(tenant)])
        }
        if viewer.roles.contains(BuiltInRole.administrator.rawValue) {
            return Condition(sql: base, arguments: [.tenant(tenant)])
        }
        let roles = viewer.roles.sorted()
        let places = roles.isEmpty ? "''" : roles.map { _ in "lower(?)" }.joined(separator: ", ")
        return Condition(
            sql: """
                \(base) AND (visibility IN ('PUBLIC', 'PRIVATE') OR id IN (SELECT api_id FROM api_attribute
                WHERE tenant_id = ? AND kind = 'role' AND lower(value) IN (\(places))))
                """,
            arguments: [.tenant(tenant), .tenant(tenant)] + roles.map { .text($0) })
    }

    /// No visible API of the same name is newer.
    private static func newestVersion(tenant: Tenant, viewer: Principal?) -> Condition {
        let visible = visible(tenant: tenant, viewer: viewer)
        return Condition(
            sql: "number IN (SELECT MAX(number) FROM api WHERE \(visible.sql) GROUP BY lower(name))",
            arguments: visible.arguments)
    }

    private static func condition(_ term: Term, tenant: Tenant) -> Condition {
        let columns = [
            "name": "name", "display-name": "display_name", "displayname": "display_name", "provider": "provider",
            "version": "version", "context": "context", "contexttemplate": "context_template",
            "status": "lifecycle_state", "lcstate": "lifecycle_state", "description": "description", "type": "type",
            "vendor": "gateway_vendor",
        ]
        if let column = columns[term.key] { return compare(column, term) }
        switch term.key {
        case "tag", "tags": return attribute("tag", term, tenant: tenant)
        case "api-category": return attribute("category", term, tenant: tenant)
        case "content":
            let parts = ["name", "display_name", "description", "context"].map { compare($0, term) }
            return Condition(
                sql: "(" + parts.map(\.sql).joined(separator: " OR ") + ")", arguments: parts.flatMap(\.arguments))
        default: return property(term, tenant: tenant)
        }
    }

    private static func compare(_ column: String, _ term: Term) -> Condition {
        term.isExact
            ? Condition(sql: "lower(\(column)) = lower(?)", arguments: [.text(term.value)])
            : Condition(sql: "lower(\(column)) LIKE ? ESCAPE '!'", arguments: [SQLPattern.containing(term.value)])
    }

    /// Tags and categories.
    private static func attribute(_ kind: String, _ term: Term, tenant: Tenant) -> Condition {
        let value = compare("value", term)
        return Condition(
            sql: "id IN (SELECT api_id FROM api_attribute WHERE tenant_id = ? AND kind = '\(kind)' AND \(value.sql))",
            arguments: [.tenant(tenant)] + value.arguments)
    }

    /// Any other key is the name of a custom property.
    private static func property(_ term: Term, tenant: Tenant) -> Condition {
        let value = compare("value", term)
        return Condition(
            sql: """
                id IN (SELECT api_id FROM api_attribute
                WHERE tenant_id = ? AND kind = 'property' AND lower(name) = lower(?) AND \(value.sql))
                """,
            arguments: [.tenant(tenant), .text(term.key)] + value.arguments)
    }
}
