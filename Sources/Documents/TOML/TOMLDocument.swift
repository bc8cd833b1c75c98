/// TOML 1.0 texts as JSON values.
public enum TOMLDocument {
    /// Reads a TOML text. Tables become objects with their members in order, dates and times their text; `inf` and `nan`,
    /// for which JSON has no number, become strings.
    public static func parse(_ text: String, limits: JSONLimits = .default) throws(DocumentError) -> JSONValue {
        guard text.utf8.count <= limits.size else {
            throw DocumentError("the document has more than the \(limits.size) bytes that are allowed")
        }
        var parser = TOMLParser(text, limits: limits)
        return .object(try parser.document().json)
    }
}
