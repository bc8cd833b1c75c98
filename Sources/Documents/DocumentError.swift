/// Why a YAML or TOML text was refused, and where.
public struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was expected or wrong, as the end of a sentence.
    public let message: String
    /// Counted from 1; `nil` if the fault has no single place.
    public let line: Int?
    /// Counted from 1.
    public let column: Int?

    init(_ message: String, line: Int? = nil, column: Int? = nil) {
        self.message = message
        self.line = line
        self.column = column
    }

    public var description: String {
        guard let line else { return message }
        return "line \(line), column \(column ?? 1): \(message)"
    }
}
