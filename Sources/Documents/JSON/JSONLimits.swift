/// What a document may cost at most before its parser refuses it. The same limits hold for JSON and YAML.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects within each other.
    public var depth: Int
    /// Bytes of the text.
    public var size: Int
    /// Characters of one number.
    public var numberLength: Int
    /// Values of a YAML document after its aliases have been replaced.
    public var values: Int
    /// Whether strings may hold U+0000, which no database of the platform stores.
    public var allowsNull: Bool
    /// Whether an object may have several members of one name, of which the last one counts. RFC 8259 §4 leaves to readers which one they take.
    public var allowsRepeatedNames: Bool

    public init(
        depth: Int = 100, size: Int = 32 << 20, numberLength: Int = 1_000, values: Int = 2_000_000, allowsNull: Bool = false,
        allowsRepeatedNames: Bool = true
    ) {
        self.depth = depth
        self.size = size
        self.numberLength = numberLength
        self.values = values
        self.allowsNull = allowsNull
        self.allowsRepeatedNames = allowsRepeatedNames
    }

    /// Depth 100, 32 MB.
    public static let `default` = JSONLimits()
}
