import Documents
import Model

/// What makes a throttling policy acceptable, beyond the shape that the contract asks for.
enum ThrottlingPolicyRules {
    static func check(_ policy: ThrottlingPolicy) throws {
        try checkName(policy.name)
        try check(policy.limit, level: policy.level)
        for group in policy.conditionalGroups { try check(group) }
        if let burst = policy.burst, burst.count < 1 {
            throw CatalogueError.badRequest("rateLimitCount must be at least 1")
        }
        if let permission = policy.plan?.permission, permission.roles.isEmpty { throw CatalogueError.rolesAreEmpty }
    }

    /// An update must not turn a plan for AI APIs into another one, nor the reverse.
    static func checkUpdate(of stored: ThrottlingPolicy, to policy: ThrottlingPolicy) throws {
        if stored.limit.quota.countsTokens != policy.limit.quota.countsTokens { throw CatalogueError.quotaTypeIsFixed }
    }

    static func checkName(_ name: String) throws {
        if name.allSatisfy(\.isWhitespace) { throw CatalogueError.blankProperty("policyName") }
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if !allowed { throw CatalogueError.invalidCharacters(in: "policyName") }
    }

    private static func check(_ group: ConditionalGroup) throws {
        if group.conditions.isEmpty {
            throw CatalogueError.unsupportedCondition("A conditional group needs at least one condition")
        }
        // A group without any request shuts out whoever meets its conditions: all but some addresses, for instance.
        try check(group.limit, level: .advanced, least: 0)
        for condition in group.conditions { try check(condition.test) }
    }

    /// Gateways search patterns in values of requests, so a pattern has to be one that takes little time.
    private static func check(_ test: ThrottlingCondition.Test) throws {
        switch test {
        case .header(_, let value): try checkPattern(value, "headerValue")
        case .queryParameter(_, let value): try checkPattern(value, "parameterValue")
        case .claim(_, let value): try checkPattern(value, "attribute")
        case .addressRange(let from, let to):
            guard from.contains(":") == to.contains(":") else {
                throw CatalogueError.unsupportedCondition("startingIP and endingIP must both be IPv4 or both be IPv6")
            }
        case .address: break
        }
    }

    private static func checkPattern(_ text: String, _ member: String) throws {
        guard text.utf8.count <= longestPattern else {
            throw CatalogueError.unsupportedCondition("\(member) must not be longer than \(longestPattern) bytes")
        }
        do {
            _ = try SchemaPattern(text)
        } catch {
            throw CatalogueError.unsupportedCondition("\(member) is no usable regular expression: \(error.message)")
        }
    }

    private static let longestPattern = 512

    /// - Parameter least: the smallest amount that makes sense.
    private static func check(_ limit: ThrottlingLimit, level: ThrottlingLevel, least: Int = 1) throws {
        try checkWindow(limit)
        switch limit.quota {
        case .requests(let count): try checkAmount(count, "requestCount", least)
        case .bandwidth(let amount, _): try checkAmount(amount, "dataAmount", least)
        case .events(let count):
            // APIs of streaming kinds take event counts on the API level too.
            if level == .application { throw CatalogueError.unsupportedLimitType("EVENTCOUNTLIMIT") }
            try checkAmount(count, "eventCount", least)
        case .tokens(let requests, let total, let prompt, let completion):
            if level != .subscription { throw CatalogueError.unsupportedLimitType("AIAPIQUOTALIMIT") }
            for amount in [requests, total, prompt, completion] where (amount ?? 0) < 0 {
                throw CatalogueError.badRequest("The counts of aiApiQuota must not be negative")
            }
        }
    }

    /// Asks for a window of at most a hundred years, whose length and end are numbers of milliseconds that can be worked with.
    private static func checkWindow(_ limit: ThrottlingLimit) throws {
        guard limit.unitTime >= 1 else { throw CatalogueError.badRequest("unitTime must be at least 1") }
        let longest = Int(longestWindow / limit.timeUnit.milliseconds)
        guard limit.unitTime <= longest else {
            throw CatalogueError.badRequest("unitTime must be at most \(longest) with the timeUnit \(limit.timeUnit.text)")
        }
    }

    /// In milliseconds.
    private static let longestWindow: Int64 = 100 * 365 * 86_400_000

    private static func checkAmount(_ amount: Int, _ member: String, _ least: Int) throws {
        if amount < least { throw CatalogueError.badRequest("\(member) must be at least \(least)") }
    }
}

extension ThrottlingQuota {
    fileprivate var countsTokens: Bool { if case .tokens = self { true } else { false } }
}
