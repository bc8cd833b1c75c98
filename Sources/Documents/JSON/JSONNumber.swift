/// A JSON number as the exact text that was read, so that `1.10` or a 30-digit integer is written back unchanged.
public struct JSONNumber: Sendable, Hashable {
    /// The number's text in the grammar of RFC 8259 §6.
    public let text: String

    /// Takes text that the parser has already checked against RFC 8259 §6.
    init(checked text: String) { self.text = text }

    public init(_ value: Int) { text = String(value) }

    /// A finite double; infinities and NaN have no JSON form and become 0.
    public init(_ value: Double) {
        if let exact = Int(exactly: value) {
            text = String(exact)
        } else {
            text = value.isFinite ? value.description : "0"
        }
    }

    /// The integer value; `1.0` and `1e3` count as integers. `nil` with a fraction or outside of 64 bits.
    public var int: Int? { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }
    public var double: Double { Double(text) ?? 0 }
}
