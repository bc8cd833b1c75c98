/// One numbered, forward-only step of the schema, run in a transaction of its own under an advisory lock.
///
/// Ranges: 100s storage itself, 200s identity, 300s publishing, 400s consuming, 500s operating.
public struct Migration: Sendable {
    public var number: Int
    public var name: String
    /// Statements in the portable SQL of ``SQLStore``, executed in order.
    public var statements: [String]

    public init(_ number: Int, _ name: String, _ statements: [String]) {
        self.number = number
        self.name = name
        self.statements = statements
    }
}
