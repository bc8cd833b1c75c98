/// The rules for names and versions of APIs.
public enum APINaming {
    public static let maximumNameLength = 60
    public static let maximumVersionLength = 30
    public static let maximumProviderLength = 200

    /// Characters that stand neither in a name nor in a version (nor in a document's name).
    public static let forbidden = "~!@#;:%^*()+={}|<>\"',[]&/$\\"

    /// `name` without blanks at its ends and with single blanks inside, or a 400.
    public static func checkedName(_ name: String) throws -> String {
        let tidy = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !tidy.isEmpty else { throw CatalogueError.apiNameMissing }
        guard tidy.count <= maximumNameLength else {
            throw CatalogueError.lengthExceeds("name: at most \(maximumNameLength) characters")
        }
        guard isClean(tidy) else { throw CatalogueError.apiNameIllegalCharacters(tidy) }
        return tidy
    }

    /// `version`, or a 400.
    public static func checkedVersion(_ version: String) throws -> String {
        let tidy = version.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !tidy.isEmpty else { throw CatalogueError.apiVersionMissing }
        guard tidy.count <= maximumVersionLength else {
            throw CatalogueError.lengthExceeds("version: at most \(maximumVersionLength) characters")
        }
        // A version is a path segment, where a dot segment would climb.
        guard isClean(tidy), !tidy.contains(" "), tidy != ".", tidy != ".." else {
            throw CatalogueError.apiVersionIllegalCharacters(tidy)
        }
        return tidy
    }

    private static func isClean(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && !forbidden.unicodeScalars.contains($0) }
    }
}
