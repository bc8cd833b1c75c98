/// Patterns for `lower(column) LIKE ? ESCAPE '!'`, in which the searched text stands for itself.
public enum SQLPattern {
    public static func containing(_ text: String) -> SQLValue { .text("%" + escaped(text) + "%") }
    public static func startingWith(_ text: String) -> SQLValue { .text(escaped(text) + "%") }

    /// Lowers ASCII letters only, as `lower` does in both databases.
    private static func escaped(_ text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar == "!" || scalar == "%" || scalar == "_" { pattern.unicodeScalars.append("!") }
            pattern.unicodeScalars.append(
                scalar.isASCII ? scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar : scalar)
        }
        return pattern
    }
}
