import TOMLKit

/// TOML 1.0 texts as JSON values.
public enum TOMLDocument {
    /// Reads a TOML text. Tables become objects with their members by name, dates and times their text; `inf` and `nan`,
    /// for which JSON has no number, become strings.
    public static func parse(_ text: String) throws(DocumentError) -> JSONValue {
        guard !text.utf8.contains(0) else { throw DocumentError("the text holds U+0000") }
        let table: TOMLTable
        do { table = try TOMLTable(string: text) } catch let error as TOMLParseError {
            throw DocumentError(error.description, line: error.source.begin.line, column: error.source.begin.column)
        } catch {
            throw DocumentError("\(error)")
        }
        return .object(object(table))
    }

    private static func object(_ table: TOMLTable) -> JSONObject {
        var object = JSONObject()
        for name in table.keys {
            if let member = table[name] { object[name] = value(member) }
        }
        return object
    }

    private static func value(_ node: any TOMLValueConvertible) -> JSONValue {
        switch node.type {
        case .table: node.table.map { .object(object($0)) } ?? .null
        case .array: .array(node.array.map { $0.map(value) } ?? [])
        case .string: JSONValue(node.string)
        case .int: node.int.map { JSONValue($0) } ?? .null
        case .double: node.double.map { number($0) } ?? .null
        case .bool: node.bool.map { JSONValue($0) } ?? .null
        case .date, .time, .dateTime: .string(node.debugDescription)
        }
    }

    private static func number(_ value: Double) -> JSONValue {
        value.isFinite ? JSONValue(value) : .string(value.description)
    }
}
