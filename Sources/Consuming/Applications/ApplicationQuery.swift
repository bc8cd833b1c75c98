/// Which of a user's applications a client asks for, and in which order.
public struct ApplicationQuery: Sendable {
    public enum Column: String, Sendable, CaseIterable {
        case name
        case policy = "throttlingPolicy"
        case status
    }

    /// Part of the name; empty matches all. Compared without case.
    public var text: String
    public var column: Column
    public var isDescending: Bool
    public var limit: Int
    public var offset: Int

    public init(text: String = "", column: Column = .name, isDescending: Bool = false, limit: Int = 25, offset: Int = 0) {
        self.text = text
        self.column = column
        self.isDescending = isDescending
        self.limit = limit
        self.offset = offset
    }

    /// The `ORDER BY` terms; the number makes the order total, so that pages neither repeat nor skip.
    var order: String {
        let direction = isDescending ? "DESC" : "ASC"
        let term =
            switch column {
            case .name: "lower(name)"
            case .policy: "lower(policy)"
            case .status: "status"
            }
        return "\(term) \(direction), number \(direction)"
    }
}
