/// Conditions of an advanced policy, all of which a request has to meet, and the limit that then applies.
public struct ConditionalGroup: Sendable, Hashable, Codable {
    public var description: String
    /// Never empty.
    public var conditions: [ThrottlingCondition]
    public var limit: ThrottlingLimit

    public init(description: String, conditions: [ThrottlingCondition], limit: ThrottlingLimit) {
        self.description = description
        self.conditions = conditions
        self.limit = limit
    }
}

/// One condition on a request.
public struct ThrottlingCondition: Sendable, Hashable, Codable {
    public enum Test: Sendable, Hashable, Codable {
        /// `value` is a regular expression searched in the header's value.
        case header(name: String, value: String)
        case address(String)
        /// Inclusive at both ends.
        case addressRange(from: String, to: String)
        case queryParameter(name: String, value: String)
        case claim(name: String, value: String)
    }

    public var test: Test
    /// The condition is met when the test fails.
    public var isInverted: Bool

    public init(_ test: Test, isInverted: Bool = false) {
        self.test = test
        self.isInverted = isInverted
    }
}
