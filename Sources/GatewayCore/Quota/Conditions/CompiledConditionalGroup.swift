import Counters
import Model

/// The kinds of conditions that count; a group with another kind never applies (`[apim.throttling]`, `docs/rate-limiting.md`).
public struct ConditionKinds: Sendable {
    public var header: Bool
    public var queryParameter: Bool
    public var claim: Bool

    public init(header: Bool = true, queryParameter: Bool = true, claim: Bool = true) {
        self.header = header
        self.queryParameter = queryParameter
        self.claim = claim
    }
}

/// A conditional group of an advanced policy as the quota stage works with it.
struct CompiledConditionalGroup: Sendable {
    /// Place in the policy, part of the counter's key.
    let index: Int
    /// `nil` for a group without a limit, which then lets its requests pass uncounted.
    let limit: QuotaLimit?
    let countsBytes: Bool
    let label: QuotaLabel
    private let conditions: [CompiledCondition]

    /// `nil` if the group never applies.
    init?(_ group: GatewayConditionalGroup, index: Int, policy: GatewayPolicy, kinds: ConditionKinds) {
        let compiled = group.conditions.compactMap { CompiledCondition($0, kinds) }
        guard compiled.count == group.conditions.count, !compiled.isEmpty else { return nil }
        self.index = index
        conditions = compiled
        limit = QuotaLimit(quota: group.quota, amount: group.limit, windowMilliseconds: group.windowMilliseconds)
        countsBytes = group.quota == .bytes
        label = QuotaLabel(
            "\(policy.level.rawValue):\(policy.name):\(index)", amount: group.limit,
            windowMilliseconds: group.windowMilliseconds, countsBytes: countsBytes)
    }

    /// Whether a request meets all conditions.
    func applies(to request: ConditionSubject) -> Bool {
        for condition in conditions where !condition.isMet(by: request) { return false }
        return true
    }
}
