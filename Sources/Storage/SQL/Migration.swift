/// One numbered, forward-only step of the schema, run in a transaction of its own under an advisory lock.
///
/// Tables are written with the column types `INTEGER`, `TEXT` and `BLOB` in capitals; the PostgreSQL driver reads them as `BIGINT`,
/// `TEXT COLLATE "C"` and `BYTEA`, so that both databases hold 64-bit integers and order text by bytes. An `INTEGER PRIMARY KEY` is
/// always given by the inserting statement (``NumberSequence``). Text in an index is limited to some 2,600 bytes by PostgreSQL, so the
/// API's limits on such members must be below.
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
