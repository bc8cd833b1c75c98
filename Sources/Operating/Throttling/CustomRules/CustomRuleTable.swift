import Model
import Storage

/// A custom rule as stored, with the row's version.
public struct StoredCustomRule: Sendable, Hashable {
    public var rule: CustomRule
    public var version: Int64
}

/// The SQL of custom rules. They belong to the platform, not to a tenant.
enum CustomRuleTable {
    static func all(in connection: any SQLConnection) throws -> [StoredCustomRule] {
        try connection.query("SELECT document, version FROM custom_rule ORDER BY number").map(rule)
    }

    static func find(id: String, in connection: any SQLConnection) throws -> StoredCustomRule? {
        try connection.first("SELECT document, version FROM custom_rule WHERE id = ?", [.text(id)]).map(rule)
    }

    static func find(name: String, in connection: any SQLConnection) throws -> StoredCustomRule? {
        try connection.first("SELECT document, version FROM custom_rule WHERE name = ?", [.text(name)]).map(rule)
    }

    static func insert(_ rule: CustomRule, in transaction: any SQLTransaction) throws {
        let highest = try transaction.first("SELECT COALESCE(MAX(number), 0) AS highest FROM custom_rule")?.int("highest")
        try transaction.execute(
            "INSERT INTO custom_rule (id, number, name, document, version) VALUES (?, ?, ?, ?, 1)",
            [
                .text(rule.id), SQLValue((highest ?? 0) + 1), .text(rule.name), .text(try StoredDocument.text(rule)),
            ])
    }

    static func update(_ rule: CustomRule, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE custom_rule SET document = ?, version = version + 1 WHERE id = ?",
            [.text(try StoredDocument.text(rule)), .text(rule.id)])
    }

    static func delete(id: String, in transaction: any SQLTransaction) throws {
        try transaction.execute("DELETE FROM custom_rule WHERE id = ?", [.text(id)])
    }

    private static func rule(_ row: SQLRow) throws -> StoredCustomRule {
        StoredCustomRule(
            rule: try StoredDocument.value(CustomRule.self, try row.text("document")), version: try row.int64("version"))
    }
}
