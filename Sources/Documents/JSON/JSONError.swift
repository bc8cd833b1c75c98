/// Why a text is not an acceptable JSON document, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of rule was broken.
    public enum Reason: Sendable, Hashable {
        /// The grammar of RFC 8259.
        case syntax
        /// Bytes that are not UTF-8, a lone surrogate, or a refused U+0000.
        case encoding
        /// Several members of one name.
        case repeatedName
        /// One of the `JSONLimits`.
        case limit
    }

    public let reason: Reason
    /// What was expected or wrong, as the end of a sentence.
    public let message: String
    /// Bytes before the place.
    public let offset: Int
    /// Counted from 1.
    public let line: Int
    /// Bytes in the line before the place, plus 1.
    public let column: Int

    public var description: String { "line \(line), column \(column): \(message)" }
}
