/// How far a gateway is in the log of changes.
public struct FeedPosition: Sendable, Hashable, Codable {
    /// Number of the last change.
    public var sequence: Int64
    /// A random text that the change was recorded with. Two histories that part, as when a database is restored from a backup, have
    /// different marks under one sequence.
    public var mark: String

    public init(sequence: Int64, mark: String) {
        self.sequence = sequence
        self.mark = mark
    }

    /// Before the first change.
    public static let start = FeedPosition(sequence: 0, mark: "")
}
