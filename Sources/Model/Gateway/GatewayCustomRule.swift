/// A custom rule in the form that gateways evaluate (`docs/custom-rules.md`); it holds for the APIs of all tenants.
public struct GatewayCustomRule: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    public var name: String
    /// What a request's counter is called; a counter that is used up refuses every request with its name.
    public var keyTemplate: [CustomRuleKeyPart]
    /// Whether a request is counted.
    public var eligibility: CustomRuleExpression
    /// The counter that an eligible request is counted on.
    public var key: CustomRuleExpression
    /// What one request adds; `nil` for 1.
    public var amount: CustomRuleExpression?
    /// How much a window admits.
    public var limit: Int64
    public var windowMilliseconds: Int64
    /// Names (`name@domain`) of users whom the rule names, by their ids: tokens of the platform name users by their ids.
    public var users: [String: String]

    public init(
        id: String, name: String, keyTemplate: [CustomRuleKeyPart], eligibility: CustomRuleExpression,
        key: CustomRuleExpression, amount: CustomRuleExpression?, limit: Int64, windowMilliseconds: Int64,
        users: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.keyTemplate = keyTemplate
        self.eligibility = eligibility
        self.key = key
        self.amount = amount
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.users = users
    }
}

/// A part of a key template.
public enum CustomRuleKeyPart: Sendable, Hashable, Codable {
    case text(String)
    case attribute(CustomRuleAttribute)
}

/// What rules can say of a request. Raw values are the names in rules.
public enum CustomRuleAttribute: String, Sendable, Hashable, Codable, CaseIterable {
    case messageID, appKey, appTier, apiKey, apiTier, subscriptionKey, subscriptionTier, resourceKey, resourceTier, userId
    case apiContext, apiVersion, appTenant, apiTenant, appId, apiName
    /// The client's address as a number.
    case clientIp
}

/// An expression of a custom rule.
public indirect enum CustomRuleExpression: Sendable, Hashable, Codable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case truth(Bool)
    case attribute(CustomRuleAttribute)
    /// An entry of the properties map: `ip`, `ipv6`, `messageSize`, `applicationName`, or else a header of the request.
    case property(String)
    case call(CustomRuleFunction, [CustomRuleExpression])
}

/// Operators and functions of custom rules. A missing argument (`null`) makes the result missing, unless the case says otherwise.
public enum CustomRuleFunction: String, Sendable, Hashable, Codable, CaseIterable {
    /// Missing counts as false.
    case and, or, not
    /// False when a side is missing.
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual
    /// Division by zero is missing.
    case add, subtract, multiply, divide, remainder
    /// Leaves out what is missing.
    case concatenate
    case contains, startsWith, endsWith, equalsIgnoringCase, lower, upper, length
    /// Searches a regular expression, the first argument, in the second.
    case find
    /// The second argument if the first is true, else the third.
    case choose
    /// The first argument that is not missing.
    case coalesce
    case isMissing
    case toText, toInteger, toNumber, toTruth
}
